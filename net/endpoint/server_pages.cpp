#include "net/endpoint/server_pages.hpp"

#include <algorithm>

#include "config/address.hpp"
#include "net/codec/any_case.hpp"

namespace parley::net {
namespace {

/// The name or address of a Host header, without port and brackets.
auto name_of(std::string_view host) -> std::string_view {
  const auto end = host.find(']');
  if (host.starts_with('[') && end != std::string_view::npos) return host.substr(1, end - 1);
  return host.substr(0, host.find(':'));
}

/// HTTP/1.0 may come without a Host; no browser does.
auto is_asked_for(const http_request& request, const config::metrics_options& options) -> bool {
  const auto header = request[http::field::host];
  const auto name = name_of({header.data(), header.size()});
  return header.empty() || config::ip_address::parse(name) ||
         equals_in_any_case(name, "localhost") ||
         std::ranges::any_of(options.hosts, [name](const std::string& known) {
           return equals_in_any_case(name, known);
         });
}

}  // namespace

auto operator_page(const http_request& request, const http_services& services,
                   const telemetry::metrics& metrics, const config::metrics_options& options)
    -> http_response {
  if (!is_asked_for(request, options))
    return problem(http::status::misdirected_request, "bad_request",
                   "metrics.hosts does not have this Host");
  const auto target = request.target();
  const auto path = split_target({target.data(), target.size()}).path;
  if (auto page = server_page(path, request.method(), services)) return std::move(*page);
  if (path != metrics_path) return problem(http::status::not_found, "not_found", "no such path");
  if (request.method() != http::verb::get && request.method() != http::verb::head)
    return method_not_allowed({http::verb::get, http::verb::head});
  auto page = text_response(http::status::ok, metrics.render());
  page.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
  return page;
}

auto server_page(std::string_view path, http::verb method, const http_services& services)
    -> std::optional<http_response> {
  if (std::ranges::find(server_page_paths, path) == server_page_paths.end()) return std::nullopt;
  if (method != http::verb::get && method != http::verb::head)
    return method_not_allowed({http::verb::get, http::verb::head});
  if (path == "/healthz") return text_response(http::status::ok, "ok\n");
  if (services.draining) return text_response(http::status::service_unavailable, "draining\n");
  if (!services.store_ready)
    return text_response(http::status::service_unavailable, "the store does not answer\n");
  return text_response(http::status::ok, "ready\n");
}

auto list_of(const std::vector<http::verb>& verbs) -> std::string {
  std::string list;
  for (const auto verb : verbs) {
    const auto name = http::to_string(verb);
    list.append(list.empty() ? "" : ", ").append(name.data(), name.size());
  }
  return list;
}

auto method_not_allowed(const std::vector<http::verb>& allowed) -> http_response {
  auto response = problem(http::status::method_not_allowed, "bad_request", "wrong method");
  response.set(http::field::allow, list_of(allowed));
  return response;
}

auto accounts_enabled(const config::auth_options& options) -> bool {
  return options.accounts && !options.hs256_secret.empty();
}

auto token_response(const config::auth_options& options, const chat::signed_in& who,
                    chat::timestamp now) -> http_response {
  const auto token = auth::issue(options, who.profile, now, who.device.id);
  if (!token) return problem(token.error());
  return json_response(http::status::ok, {{"accessToken", *token},
                                          {"expiresIn", options.token_lifetime_s},
                                          {"userId", who.profile.user.value}});
}

}  // namespace parley::net
