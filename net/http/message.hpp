#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>
#include <string_view>

#include "chat/errors.hpp"
#include "net/codec/json.hpp"

namespace parley::net {

namespace http = boost::beast::http;
using http_request = http::request<http::string_body>;
using http_response = http::response<http::string_body>;

/// The HTTP status of a refusal.
auto status_of(chat::errc code) -> http::status;

auto json_response(http::status status, const codec::json& body) -> http_response;
/// @param body a JSON text
auto json_text_response(http::status status, std::string body) -> http_response;
auto text_response(http::status status, std::string body) -> http_response;

/// RFC 9457: {type, title, status, code, detail}.
auto problem(http::status status, std::string_view code, std::string_view detail) -> http_response;
auto problem(const chat::error& why) -> http_response;
/// The above with Retry-After (whole seconds, at least 1) and the member `retryAfterMs`.
auto problem_for_now(http::status status, const chat::error& why) -> http_response;

/// The one answer to every missing or bad token.
auto unauthorized() -> http_response;

/// Path and query of a request target.
struct target_parts {
  std::string_view path;
  std::string_view query;
};
auto split_target(std::string_view target) -> target_parts;

}  // namespace parley::net
