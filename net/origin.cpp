#include "net/origin.hpp"

#include <algorithm>

namespace parley::net {
namespace {

auto host_of(std::string_view origin) -> std::string_view {
  const auto scheme = origin.find("://");
  return scheme == std::string_view::npos ? std::string_view{} : origin.substr(scheme + 3);
}

}  // namespace

auto check_origin(const http_request& request, const std::vector<std::string>& allowed)
    -> origin_verdict {
  const auto header = request[http::field::origin];
  const std::string origin{header.data(), header.size()};
  if (origin.empty()) return {};
  if (std::find(allowed.begin(), allowed.end(), origin) != allowed.end()) return {origin, false};
  const auto host = request[http::field::host];
  const bool same = !host.empty() && host_of(origin) == std::string_view{host.data(), host.size()};
  return {"", !same};
}

auto preflight(const origin_verdict& origin) -> http_response {
  http_response response{http::status::no_content, 11};
  if (origin.allowed.empty()) return response;
  response.set(http::field::access_control_allow_methods, "GET, POST, PATCH, PUT, DELETE");
  response.set(http::field::access_control_allow_headers,
               "authorization, content-type, x-requested-with, x-signalr-user-agent, "
               "x-signalr-connection-token, idempotency-key, range");
  response.set(http::field::access_control_max_age, "600");
  return response;
}

void allow_origin(http::fields& response, const origin_verdict& origin) {
  response.set(http::field::vary, "Origin");
  if (origin.allowed.empty()) return;
  response.set(http::field::access_control_allow_origin, origin.allowed);
  response.set(http::field::access_control_allow_credentials, "true");
}

}  // namespace parley::net
