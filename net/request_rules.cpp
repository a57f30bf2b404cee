#include "net/request_rules.hpp"

#include <algorithm>
#include <array>

#include "net/any_case.hpp"

namespace parley::net {
namespace {

auto view(boost::beast::string_view text) -> std::string_view { return {text.data(), text.size()}; }

auto bad_request(const char* why) {
  return problem(http::status::bad_request, "bad_request", why);
}

/// Letters, digits and what names, addresses and ports are made of; nothing a log or a link could
/// stumble over.
auto is_host(std::string_view text) -> bool {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{".-_:[]"}.find(c) != std::string_view::npos;
  };
  return !text.empty() && std::ranges::all_of(text, fits);
}

/// One number, or one "chunked": the parser takes lists, and reads no body for codings it does not
/// know, so that a body would become the next request.
auto has_clear_length(const http_request& request) -> bool {
  if (request.count(http::field::content_length) > 1 ||
      request.count(http::field::transfer_encoding) > 1)
    return false;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto coding = request[http::field::transfer_encoding];
  return std::ranges::all_of(view(request[http::field::content_length]), is_digit) &&
         (coding.empty() || equals_in_any_case(view(coding), "chunked"));
}

/// Names whose values may be long for good reason; the limit of the headers bounds them.
constexpr std::array uncounted{std::string_view{"access_token="}, std::string_view{"userIds="}};

auto counted_bytes(std::string_view target) -> std::size_t {
  auto bytes = target.size();
  auto query = split_target(target).query;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    for (const auto name : uncounted)
      if (pair.starts_with(name)) bytes -= pair.size() - name.size();
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return bytes;
}

}  // namespace

auto refuse_request(const http_request& request, const config::http_options& options)
    -> std::optional<http_response> {
  const auto hosts = request.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && request.version() >= 11))
    return bad_request("one Host is required");
  if (hosts == 1 && !is_host(view(request[http::field::host]))) return bad_request("Host is not valid");
  if (!has_clear_length(request)) return bad_request("the length of the body is not clear");
  const auto expected = request[http::field::expect];
  if (!expected.empty() && !equals_in_any_case(view(expected), "100-continue"))
    return problem(http::status::expectation_failed, "bad_request", "no such expectation");
  if (counted_bytes(view(request.target())) > options.max_url_bytes)
    return problem(http::status::uri_too_long, "too_long", "the URL is too long");
  return std::nullopt;
}

}  // namespace parley::net
