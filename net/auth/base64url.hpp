#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parley::net::auth {

/// RFC 4648, section 5, without padding. @thread any
auto base64url_encode(std::string_view bytes) -> std::string;

/// The bytes that `text` stands for, if it is their one canonical spelling: no padding, no line
/// ends, no "+/", unused bits zero. So two different texts never decode to the same bytes.
/// @source RFC 7515, section 2
auto base64url_decode(std::string_view text) -> std::optional<std::string>;

}  // namespace parley::net::auth
