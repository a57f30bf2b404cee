#include "net/http/request_rules.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "net/codec/any_case.hpp"

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
  if (request.version() < 11 && request.count(http::field::transfer_encoding) > 0) return false;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto coding = request[http::field::transfer_encoding];
  return std::ranges::all_of(view(request[http::field::content_length]), is_digit) &&
         (coding.empty() || equals_in_any_case(view(coding), "chunked"));
}

/// The parts of "http://host/path"; no host: it is not of that form.
struct absolute_target {
  std::string_view host;
  std::string_view rest;
};

auto read_absolute(std::string_view target) -> absolute_target {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equals_in_any_case(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const auto end = std::min(target.find_first_of("/?"), target.size());
    return {target.substr(0, end), target.substr(end)};
  }
  return {};
}

/// A path, an absolute http URL or, for OPTIONS, "*": visible ASCII without a fragment.
auto is_target(const http_request& request) -> bool {
  const auto target = view(request.target());
  const auto fits = [](char c) { return c > 0x20 && c < 0x7f && c != '#'; };
  if (target.empty() || !std::ranges::all_of(target, fits)) return false;
  if (target == "*") return request.method() == http::verb::options;
  return target.front() == '/' || is_host(read_absolute(target).host);
}

/// Names whose values may be long for good reason; the limit of the headers bounds them.
constexpr std::array uncounted{std::string_view{"access_token="}, std::string_view{"userIds="},
                               std::string_view{"ids="}};

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
  if (!is_target(request)) return bad_request("the request target is not valid");
  if (request.count(http::field::authorization) > 1)
    return bad_request("one Authorization is expected");
  const auto expected = request[http::field::expect];
  if (request.version() >= 11 && !expected.empty() && !expects_continue(request))
    return problem(http::status::expectation_failed, "bad_request", "no such expectation");
  if (counted_bytes(view(request.target())) > options.max_url_bytes)
    return problem(http::status::uri_too_long, "too_long", "the URL is too long");
  return std::nullopt;
}

namespace {

/// The byte that "%68" stands for, when it needs no escape in a path; else 0.
auto needless_escape(std::string_view text) -> char {
  unsigned byte = 0;
  if (text.size() < 3 || text[0] != '%') return 0;
  const auto [end, failed] = std::from_chars(text.data() + 1, text.data() + 3, byte, 16);
  if (failed != std::errc{} || end != text.data() + 3) return 0;
  const auto c = static_cast<char>(byte);
  const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    std::string_view{"-._~"}.find(c) != std::string_view::npos;
  return fits ? c : '\0';
}

auto without_needless_escapes(std::string_view path) -> std::string {
  std::string made;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char meant = needless_escape(path.substr(i));
    made += meant != 0 ? meant : path[i];
    if (meant != 0) i += 2;
  }
  return made;
}

}  // namespace

void normalize_target(http_request& request) {
  const std::string target{view(request.target())};
  const auto absolute = read_absolute(target);
  const auto rest = absolute.host.empty() ? std::string_view{target} : absolute.rest;
  const auto path = split_target(rest).path;
  if (absolute.host.empty() && path.find('%') == std::string_view::npos) return;
  const bool asks_server = request.method() == http::verb::options && rest.empty();
  const auto root = asks_server ? "*" : path.empty() ? "/" : "";
  request.target(root + without_needless_escapes(path) + std::string{rest.substr(path.size())});
  if (!absolute.host.empty()) request.set(http::field::host, std::string{absolute.host});
}

auto expects_continue(const http_request& request) -> bool {
  return request.version() >= 11 &&
         equals_in_any_case(view(request[http::field::expect]), "100-continue");
}

}  // namespace parley::net
