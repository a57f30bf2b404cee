// OPTIONS: the preflights of browsers, and the checks of load balancers.

#include <algorithm>

#include "net/docs/pages.hpp"
#include "net/endpoint/server_pages.hpp"
#include "net/front/connection_parts.hpp"
#include "net/web/web_client.hpp"

namespace parley::net {

using http::verb;

/// Who asks about "/" or "*" asks about the server.
auto http_connection::answer_options(const http_request& request) -> http_response {
  const auto path = split_target(view(request.target())).path;
  const bool is_server = path == "/" || path == "*" || services_.site != nullptr;
  const auto verbs = verbs_of(request);
  if (!is_server && verbs.empty()) return problem(http::status::not_found, "not_found", "no such path");
  // A page must be able to take its last words, or to hear why not.
  if (request.count(http::field::access_control_request_method) > 0)
    return preflight(origin_, request);
  if (services_.draining)
    return problem(http::status::service_unavailable, "unavailable", "the server is stopping");
  http_response response{http::status::no_content, 11};
  if (!verbs.empty()) response.set(http::field::allow, list_of(verbs));
  return response;
}

auto http_connection::verbs_of(const http_request& request) -> std::vector<http::verb> {
  if (const auto hub = find_hub(request)) {
    if (hub->negotiates || hub->refreshes) return {verb::post};
    return {verb::get, verb::post, verb::delete_};
  }
  if (is_for_file(request)) return {verb::get, verb::head, verb::put};
  const auto path = split_target(view(request.target())).path;
  const bool is_docs = options().http.docs &&
                       std::ranges::find(docs::paths, path) != docs::paths.end();
  const bool is_web = services_.web != nullptr && services_.web->serves(path);
  if (is_docs || is_web || server_page(path, verb::head, services_))
    return {verb::get, verb::head};
  return rest::find_route(verb::get, path).allowed;
}

}  // namespace parley::net
