#include "net/endpoint/request_route.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/beast/websocket/rfc6455.hpp>
#include <cctype>

#include "net/endpoint/server_pages.hpp"

namespace parley::net {
namespace {

auto bad_request(const char* why) {
  return problem(http::status::bad_request, "bad_request", why);
}

/// An attempt at a WebSocket that a proxy made a plain GET of: Upgrade and Connection end at each hop, the
/// rest of the handshake does not. Taken for a long poll it would leave a connection that nobody polls.
auto is_lost_upgrade(const http_request& request) -> bool {
  return request.method() == http::verb::get &&
         request.count(http::field::sec_websocket_key) > 0 &&
         !boost::beast::websocket::is_upgrade(request);
}

auto refuse_lost_upgrade(const http_services& services) -> http_response {
  services.metrics.lost_upgrades.Increment();
  if (!services.notices->lost_upgrade.exchange(true))
    spdlog::warn("a WebSocket attempt came without its Upgrade: a proxy in front does not pass "
                 "WebSockets on (docs/configuration.md); clients fall back to other transports");
  return bad_request("a WebSocket is wanted, but its Upgrade did not arrive: does a proxy in front pass "
                     "WebSockets on?");
}

auto refused(http_response why) -> hub_way {
  hub_way way;
  way.refusal = std::move(why);
  return way;
}

/// The transport that a request speaks. POST and DELETE go with both that are carried by HTTP.
auto spoken_by(const http_request& request) -> carrier {
  if (boost::beast::websocket::is_upgrade(request)) return carrier::websocket;
  const auto accept = request[http::field::accept];
  constexpr std::string_view events = "text/event-stream";
  const auto found = std::search(accept.begin(), accept.end(), events.begin(), events.end(),
                                 [](unsigned char a, char b) { return std::tolower(a) == b; });
  return found == accept.end() ? carrier::long_polling : carrier::event_stream;
}

/// A request that names an open connection: may that one take it?
auto refusal_of(const http_request& request, const http_transports::entry& open,
                const http_services& services, const chat::clock& clock)
    -> std::optional<http_response> {
  if (open.resumable && spoken_by(request) == carrier::websocket) {
    if (auto refusal = refuse_opening(open.user, services, clock)) return refusal;
    return check_websocket_headers(request);
  }
  if (request.method() == http::verb::post) {
    if (open.kind != carrier::websocket) return std::nullopt;
    return method_not_allowed({http::verb::get});
  }
  if (request.method() == http::verb::delete_) {
    if (open.kind == carrier::long_polling) return std::nullopt;
    return bad_request("only a long-polling connection is ended by DELETE");
  }
  if (spoken_by(request) != open.kind)
    return bad_request("Cannot change transports mid-connection");
  if (open.kind == carrier::long_polling) return std::nullopt;
  return problem(http::status::conflict, "conflict", "the transport is active already");
}

/// A request whose token nobody uses yet.
auto begin(const http_request& request, hub_way way, hub_caller& who, const http_services& services,
           const chat::clock& clock) -> hub_way {
  way.kind = spoken_by(request);
  if (way.kind == carrier::websocket)
    way.refusal = check_upgrade(request, who, services, clock);
  else if (request.method() != http::verb::get)
    way.refusal = problem(http::status::not_found, "not_found", "No Connection with that ID");
  else
    way.refusal = claim_token(way.token, who, services, clock);
  return way;
}

}  // namespace

auto find_way(const http_request& request, hub_caller& who, const http_services& services,
              const chat::clock& clock) -> hub_way {
  const auto verb = request.method();
  if (verb != http::verb::get && verb != http::verb::post && verb != http::verb::delete_)
    return refused(method_not_allowed({http::verb::get, http::verb::post, http::verb::delete_}));
  if (is_lost_upgrade(request)) return refused(refuse_lost_upgrade(services));
  const auto token = connection_token_of(request);
  if (!token && spoken_by(request) != carrier::websocket)
    return refused(bad_request("Connection ID required"));
  hub_way way;
  way.token = token.value_or("");
  if (token) way.open = services.transports.find(*token);
  if (!way.open) return begin(request, std::move(way), who, services, clock);
  if (!belongs_to(way.open->user, who))
    return refused(
        problem(http::status::forbidden, "forbidden", "the connection belongs to another user"));
  way.refusal = refusal_of(request, *way.open, services, clock);
  return way;
}

}  // namespace parley::net
