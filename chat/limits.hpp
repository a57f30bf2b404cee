#pragma once

#include <cstddef>

/// Bounds that no setting changes.
namespace parley::chat {

/// UTF-16 code units of a conversation's title.
inline constexpr std::size_t max_title_units = 200;
/// UTF-16 code units of each name of a person.
inline constexpr std::size_t max_name_units = 100;

/// Rows of one page: of history, of members, of the chat list.
inline constexpr std::size_t max_page = 200;
/// People whom one call asks about.
inline constexpr std::size_t max_people = 200;
/// People whom one call names to make or fill a conversation; `chat.max_members` may say less.
inline constexpr std::size_t max_named = 5'000;

}  // namespace parley::chat
