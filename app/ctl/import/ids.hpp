#pragma once

#include <initializer_list>
#include <string_view>

#include "chat/ids.hpp"
#include "chat/time.hpp"

/// Ids for what comes without one: the same for the same thing at every run, by SHA-256 of what it
/// is, so that nobody can make two things that share one.
namespace parley::app::ctl {

/// A UUID of version 8. @param parts  what the thing is; their borders count
auto id_of(std::initializer_list<std::string_view> parts) -> chat::uuid;

/// The same as version 7, which begins with a time: neighbours in time are neighbours in the
/// tables.
auto id_at(chat::timestamp when, std::initializer_list<std::string_view> parts) -> chat::uuid;

}  // namespace parley::app::ctl
