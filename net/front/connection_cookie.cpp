// The cookie of browsers that stay signed in: where it goes, who may use it.

#include <algorithm>

#include "net/front/connection_parts.hpp"

namespace parley::net {
namespace {

constexpr std::string_view cookie_name = "parley_session";
constexpr std::string_view cookie_rules = "; HttpOnly; SameSite=Strict";

/// The value of the first cookie of this name. @source RFC 6265 section 4.2.1
auto value_of(std::string_view header, std::string_view name) -> std::string_view {
  while (!header.empty()) {
    const auto end = std::min(header.find(';'), header.size());
    auto pair = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    if (pair.substr(0, equals) == name) return pair.substr(std::min(equals + 1, pair.size()));
  }
  return {};
}

}  // namespace

auto http_connection::cookie_of(const http_request& request) const
    -> std::optional<auth::device_claim> {
  const auto value = value_of(view(request[http::field::cookie]), cookie_name);
  return value.empty() ? std::nullopt : auth::read_device(options().auth.hs256_secret, value);
}

/// A page of another site cannot use what its visitors have here, SameSite or not: browsers say where a
/// POST or DELETE comes from. Whoever says nothing is no browser.
auto http_connection::is_from_own_page(const http_request& request) const -> bool {
  const auto site = view(request["Sec-Fetch-Site"]);
  if (!site.empty()) return site == "same-origin" && !origin_.is_foreign;
  const auto origin = view(request[http::field::origin]);
  return !origin.empty() && !origin_.is_foreign && origin_.allowed.empty();
}

auto http_connection::refuse_cookie(const http_request& head) const
    -> std::optional<http_response> {
  if (!cookie_of(head)) return no_session();
  if (is_from_own_page(head)) return std::nullopt;
  return problem(http::status::forbidden, "forbidden", "a session is for pages of this server");
}

auto http_connection::no_session() const -> http_response {
  auto refusal = problem(http::status::unauthorized, "unauthenticated", "the session has ended");
  refusal.set(http::field::www_authenticate, "Bearer");
  clear_cookie(refusal);
  return refusal;
}

/// A session that has ended takes its cookie with it.
auto http_connection::refusal_of(const chat::error& why) const -> http_response {
  const bool is_over = cookie_ != cookie_use::none && why.code == chat::errc::unauthenticated;
  return is_over ? no_session() : problem(why);
}

void http_connection::set_cookie(http_response& answer, const auth::device_claim& what) const {
  const auto value = auth::write_device(options().auth.hs256_secret, what);
  write_cookie(answer, value, chat::device_idle_ms / 1'000);
}

void http_connection::clear_cookie(http_response& answer) const { write_cookie(answer, {}, 0); }

void http_connection::write_cookie(http_response& answer, std::string_view value,
                                   std::int64_t max_age_s) const {
  std::string text{cookie_name};
  text.append("=").append(value).append("; Path=/auth/session; Max-Age=");
  text.append(std::to_string(max_age_s)).append(cookie_rules);
  if (is_secure_) text.append("; Secure");
  answer.set(http::field::set_cookie, text);
}

auto http_connection::agent_of(std::string_view header) -> std::string {
  std::string agent;
  for (const char c : header)
    if (c >= ' ' && c < 0x7f && agent.size() < chat::max_agent_bytes) agent += c;
  return agent;
}

}  // namespace parley::net
