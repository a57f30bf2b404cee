#include "net/http/origin.hpp"

#include <algorithm>

namespace parley::net {
namespace {

auto view(boost::beast::string_view text) -> std::string_view { return {text.data(), text.size()}; }

/// "HTTPS://Chat.example:443" and "https://chat.example" are one origin.
struct web_origin {
  std::string scheme;
  std::string host;  ///< and the port, unless it is the scheme's own
  friend auto operator==(const web_origin&, const web_origin&) -> bool = default;
};

auto lower(std::string_view text) -> std::string {
  std::string made{text};
  for (auto& c : made)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return made;
}

auto without_default_port(const std::string& scheme, std::string host) -> std::string {
  const std::string_view port = scheme == "https" ? ":443" : scheme == "http" ? ":80" : "";
  if (!port.empty() && host.ends_with(port)) host.resize(host.size() - port.size());
  return host;
}

auto read_origin(std::string_view text) -> web_origin {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return {};
  web_origin made{lower(text.substr(0, colon)), lower(text.substr(colon + 3))};
  made.host = without_default_port(made.scheme, std::move(made.host));
  return made;
}

auto is_same_origin(const web_origin& page, const http_request& request,
                    const config::http_options& options, bool is_tls) -> bool {
  if (!options.public_origin.empty()) return page == read_origin(options.public_origin);
  if (page.host.empty() || (is_tls && page.scheme != "https")) return false;
  return page.host == without_default_port(page.scheme, lower(view(request[http::field::host])));
}

/// What clients of ours send.
constexpr std::string_view usual_headers =
    "authorization, content-type, x-requested-with, x-signalr-user-agent, x-signalr-connection-token, "
    "idempotency-key, range";

/// Names of headers between commas, in no more bytes than a preflight needs.
auto is_list_of_names(std::string_view text) -> bool {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"-_, "}.find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= 1'024 && std::ranges::all_of(text, fits);
}

/// The usual headers, and what is asked for beside them.
auto allowed_headers(std::string_view asked) -> std::string {
  std::string all{usual_headers};
  if (is_list_of_names(asked)) all.append(", ").append(asked);
  return all;
}

}  // namespace

auto check_origin(const http_request& request, const config::http_options& options, bool is_tls)
    -> origin_verdict {
  const auto origin = view(request[http::field::origin]);
  if (origin.empty()) return {};
  const auto page = read_origin(origin);
  const auto is_it = [&page](const std::string& listed) { return page == read_origin(listed); };
  if (!page.host.empty() && std::ranges::any_of(options.allowed_origins, is_it))
    return {std::string{origin}, false};
  return {"", !is_same_origin(page, request, options, is_tls)};
}

auto preflight(const origin_verdict& origin, const http_request& request) -> http_response {
  http_response response{http::status::no_content, 11};
  if (origin.allowed.empty()) return response;
  response.set(http::field::access_control_allow_methods, "GET, POST, PATCH, PUT, DELETE");
  response.set(http::field::access_control_allow_headers,
               allowed_headers(view(request[http::field::access_control_request_headers])));
  response.set(http::field::access_control_max_age, "600");
  return response;
}

void allow_origin(http::fields& response, const origin_verdict& origin) {
  const auto varies = std::string{view(response[http::field::vary])};
  response.set(http::field::vary, varies.empty() ? "Origin" : varies + ", Origin");
  if (origin.allowed.empty()) return;
  response.set(http::field::access_control_allow_origin, origin.allowed);
  response.set(http::field::access_control_allow_credentials, "true");
  if (response.find(http::field::access_control_expose_headers) == response.end())
    response.set(http::field::access_control_expose_headers, "retry-after");
}

}  // namespace parley::net
