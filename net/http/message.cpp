#include "net/http/message.hpp"

namespace parley::net {

auto status_of(chat::errc code) -> http::status {
  using chat::errc;
  switch (code) {
    case errc::not_found: return http::status::not_found;
    case errc::forbidden: return http::status::forbidden;
    case errc::bad_request:
    case errc::too_long: return http::status::bad_request;
    case errc::id_conflict:
    case errc::conflict: return http::status::conflict;
    case errc::busy:
    case errc::unavailable: return http::status::service_unavailable;
    case errc::rate_limited: return http::status::too_many_requests;
    case errc::limit: return http::status::unprocessable_entity;
    case errc::unauthenticated: return http::status::unauthorized;
    case errc::none:
    case errc::unknown:
    case errc::duplicate:
    case errc::stale_owner:
    case errc::refused: return http::status::internal_server_error;
  }
  return http::status::internal_server_error;
}

auto json_response(http::status status, const codec::json& body) -> http_response {
  return json_text_response(status, codec::dump(body));
}

auto json_text_response(http::status status, std::string body) -> http_response {
  http_response response{status, 11};
  response.set(http::field::content_type, "application/json");
  response.body() = std::move(body);
  return response;
}

auto text_response(http::status status, std::string body) -> http_response {
  http_response response{status, 11};
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  response.body() = std::move(body);
  return response;
}

auto problem(http::status status, std::string_view code, std::string_view detail)
    -> http_response {
  auto response = json_response(status, {{"type", "about:blank"},
                                         {"title", http::obsolete_reason(status)},
                                         {"status", static_cast<unsigned>(status)},
                                         {"code", code},
                                         {"detail", detail}});
  response.set(http::field::content_type, "application/problem+json");
  return response;
}

auto problem(const chat::error& why) -> http_response {
  if (why.code == chat::errc::rate_limited || why.code == chat::errc::busy)
    return problem_for_now(status_of(why.code), why);
  return problem(status_of(why.code), to_string(why.code), why.detail);
}

auto problem_for_now(http::status status, const chat::error& why) -> http_response {
  const auto wait_ms = why.retry_after_ms == 0 ? 1'000 : why.retry_after_ms;
  auto response = json_response(status, {{"type", "about:blank"},
                                         {"title", http::obsolete_reason(status)},
                                         {"status", static_cast<unsigned>(status)},
                                         {"code", to_string(why.code)},
                                         {"detail", why.detail},
                                         {"retryAfterMs", wait_ms}});
  response.set(http::field::content_type, "application/problem+json");
  response.set(http::field::retry_after, std::to_string((wait_ms + 999) / 1'000));
  return response;
}

auto unauthorized() -> http_response {
  auto response = problem(http::status::unauthorized, "unauthenticated",
                          "a valid bearer token is required");
  response.set(http::field::www_authenticate, "Bearer error=\"invalid_token\"");
  return response;
}

auto split_target(std::string_view target) -> target_parts {
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return {target, {}};
  return {target.substr(0, mark), target.substr(mark + 1)};
}

}  // namespace parley::net
