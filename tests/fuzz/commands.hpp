#pragma once

#include <string_view>

#include "chat/event.hpp"
#include "chat/request.hpp"

namespace parley::fuzz {

/// What must hold of any command that was bound, by the hub or by REST: its bounds are kept, and
/// the ids in it are ids.
void check_command(const chat::request& what);

/// An answer such as the engine could give, of the type that belongs to `what`. Odd `turn`s are
/// refusals. Checks on the way that both encodings of a result say what its value says.
/// @param text  what people wrote; of bytes that are not UTF-8 nothing is taken
auto answer_to(const chat::request& what, unsigned turn, std::string_view text) -> chat::outcome;

/// An event of the kind-th sort, and the same checks.
auto some_event(unsigned kind, std::string_view text) -> chat::event;

}  // namespace parley::fuzz
