#include "net/server_pages.hpp"

#include <algorithm>

namespace parley::net {

auto server_page(std::string_view path, http::verb method, const http_services& services,
                 const telemetry::metrics& metrics, bool from_loopback)
    -> std::optional<http_response> {
  const bool known = std::ranges::find(server_page_paths, path) != server_page_paths.end();
  if (!known || (path == "/metrics" && !from_loopback)) return std::nullopt;
  if (method != http::verb::get && method != http::verb::head)
    return method_not_allowed({http::verb::get, http::verb::head});
  if (path == "/healthz") return text_response(http::status::ok, "ok\n");
  if (path == "/metrics") {
    auto page = text_response(http::status::ok, metrics.render());
    page.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    return page;
  }
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

auto token_response(const config::auth_options& options, const chat::profile& who,
                    chat::timestamp now) -> http_response {
  const auto token = auth::issue(options, who, now);
  if (!token) return problem(token.error());
  return json_response(http::status::ok, {{"accessToken", *token},
                                          {"expiresIn", options.token_lifetime_s},
                                          {"userId", who.user.value}});
}

}  // namespace parley::net
