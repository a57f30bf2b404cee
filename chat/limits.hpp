#pragma once

#include <cstddef>

/// Bounds that no setting changes.
namespace parley::chat {

/// UTF-16 code units of a conversation's title.
inline constexpr std::size_t max_title_units = 200;
/// UTF-16 code units of each name of a person.
inline constexpr std::size_t max_name_units = 100;

}  // namespace parley::chat
