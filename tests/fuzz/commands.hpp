#pragma once

#include "chat/request.hpp"

namespace parley::fuzz {

/// What must hold of any command that was bound, by the hub or by REST: its bounds are kept, and
/// the ids in it are ids.
void check_command(const chat::request& what);

/// An answer such as the engine could give, of the type that belongs to `what`. Odd `turn`s are
/// refusals.
auto answer_to(const chat::request& what, unsigned turn) -> chat::outcome;

}  // namespace parley::fuzz
