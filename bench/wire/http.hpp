#pragma once

#include <cstddef>
#include <string_view>

namespace parley::bench {

/// Finds the end of an HTTP/1.1 message with Content-Length at the start of `bytes`.
///
/// @returns header and body size; 0 while it is incomplete
auto http_message_size(std::string_view bytes) -> std::size_t;

/// The text behind a header's colon, without spaces; empty when there is none. Any case.
auto http_header(std::string_view message, std::string_view name) -> std::string_view;

/// The status of an answer; 0 when it is none.
auto http_status(std::string_view answer) -> int;

/// What follows the head.
auto http_body(std::string_view message) -> std::string_view;

}  // namespace parley::bench
