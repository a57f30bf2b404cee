#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace parley::net::auth {

/// Arrays and objects inside each other, outermost included.
inline constexpr std::size_t max_claims_depth = 16;

/// The JSON object that `text` is, or nothing: no JSON, no object, nested deeper than
/// `max_claims_depth` or with more than `max_values` values that follow a comma (both seen before
/// anything is parsed), a key twice in one object however it is escaped, a NUL byte, invalid UTF-8, a
/// number that no double can hold.
/// @thread any
auto parse_object(std::string_view text, std::size_t max_values = std::string_view::npos)
    -> std::optional<nlohmann::json>;

}  // namespace parley::net::auth
