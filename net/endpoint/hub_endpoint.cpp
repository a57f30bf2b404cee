#include "net/endpoint/hub_endpoint.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "net/codec/any_case.hpp"
#include "net/endpoint/server_pages.hpp"
#include "net/rest/routes.hpp"

namespace parley::net {
namespace {

auto view(boost::beast::string_view text) -> std::string_view { return {text.data(), text.size()}; }

auto negotiate_error(const std::string& text) -> http_response {
  return json_response(http::status::ok, {{"error", text}});
}

auto bearer_of(const http_request& request) -> std::optional<std::string> {
  const auto header = view(request[http::field::authorization]);
  constexpr std::string_view scheme = "bearer";
  // Another scheme is for somebody in between, a proxy that asks for a password say.
  if (!equals_in_any_case(header.substr(0, header.find(' ')), scheme)) return std::nullopt;
  return std::string{header.substr(std::min(scheme.size() + 1, header.size()))};
}

/// 16 bytes in base64 (RFC 6455, 4.2.1).
auto is_key(std::string_view text) -> bool {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '+' || c == '/';
  };
  constexpr std::size_t digits = 22;
  return text.size() == digits + 2 && text.ends_with("==") &&
         std::ranges::all_of(text.substr(0, digits), fits);
}

auto is_guest(const chat::user_id& user) -> bool {
  return user.value.starts_with(chat::guest_prefix);
}

/// A problem with the member that SignalR clients look for.
auto with_error(const std::string& body, const char* error) -> std::string {
  auto read = codec::parse(body);
  auto all = read && read->value.is_object() ? std::move(read->value) : codec::json::object();
  all.emplace("error", error);
  return codec::dump(all);
}

auto refresh_refusal(http::status status, const char* error, const chat::error& why) {
  auto refusal = problem(status, to_string(why.code), why.detail);
  refusal.body() = with_error(refusal.body(), error);
  return refusal;
}

auto over_rate(const char* what, std::chrono::milliseconds wait, prometheus::Counter& limit) {
  limit.Increment();
  return problem({chat::errc::rate_limited, what, static_cast<std::uint32_t>(wait.count())});
}

auto draining() {
  return problem(http::status::service_unavailable, "unavailable", "the server is stopping");
}

/// Taken by whatever begins a connection that nobody negotiated, or wants to.
auto refuse_address(const std::string& address, const http_services& services,
                    const chat::clock& clock) -> std::optional<http_response> {
  const auto wait = services.counts.take_negotiate(address, clock.steady_now());
  if (!wait) return std::nullopt;
  return over_rate("too many connections are being set up", *wait,
                   services.metrics.limits.negotiates);
}

auto transport_offer(const char* name, codec::json formats) -> codec::json {
  return {{"transport", name}, {"transferFormats", std::move(formats)}};
}

/// In the order in which a client shall try them.
auto offered_transports(const hub_path& hub) -> codec::json {
  const auto all = codec::json::array({"Text", "Binary"});
  auto offers = codec::json::array();
  if (hub.has_websockets) offers.push_back(transport_offer("WebSockets", all));
  offers.push_back(transport_offer("ServerSentEvents", codec::json::array({"Text"})));
  offers.push_back(transport_offer("LongPolling", all));
  return offers;
}

}  // namespace

auto query_value(const http_request& request, std::string_view name) -> std::optional<std::string> {
  const auto query = split_target(view(request.target())).query;
  for (auto& [key, value] : rest::query_fields(query))
    if (equals_in_any_case(key, name)) return value;
  return std::nullopt;
}

auto connection_token_of(const http_request& request) -> std::optional<std::string> {
  auto id = query_value(request, "id");
  return id == "" ? std::nullopt : std::move(id);
}

auto find_hub(const http_request& request) -> std::optional<hub_path> {
  auto path = split_target(view(request.target())).path;
  hub_path hub;
  // ASP.NET Core's routes are the same in any case.
  const auto take_suffix = [&path](std::string_view suffix) {
    if (path.size() < suffix.size() ||
        !equals_in_any_case(path.substr(path.size() - suffix.size()), suffix))
      return false;
    path.remove_suffix(suffix.size());
    return true;
  };
  take_suffix("/");  // clients put it behind a hub's URL, and before its query
  hub.negotiates = take_suffix("/negotiate");
  hub.refreshes = !hub.negotiates && take_suffix("/refresh");
  const auto at = std::ranges::find_if(
      hub_paths, [path](std::string_view known) { return equals_in_any_case(path, known); });
  if (at == hub_paths.end()) return std::nullopt;
  hub.spoken = *at == "/chathub" ? dialect::classic : dialect::messaging;
  hub.admits_guests = hub.spoken == dialect::classic;
  const auto asked = query_value(request, "dialect");
  if (asked == "classic") hub.spoken = dialect::classic;
  if (asked == "messaging") hub.spoken = dialect::messaging;
  return hub;
}

auto has_token(const http_request& request, bool header_only) -> bool {
  return bearer_of(request) || (!header_only && query_value(request, "access_token"));
}

auto new_guest() -> chat::profile {
  chat::profile guest;
  guest.user.value = std::string{chat::guest_prefix} + signalr::random_token();
  guest.display_name = "guest";
  return guest;
}

auto authenticate(const http_request& request, const auth::verifier& verifier, chat::timestamp now,
                  bool header_only) -> chat::expected<auth::identity> {
  auto token = bearer_of(request);
  if (!token && !header_only) token = query_value(request, "access_token");
  auto who = verifier.verify(token.value_or(std::string{}), now);
  if (who && who->profile.user.value.starts_with(chat::guest_prefix))
    return chat::unexpected{chat::errc::unauthenticated, "a token cannot name a guest"};
  return who;
}

auto negotiate(const hub_path& hub, const http_request& request, const hub_caller& who,
               const http_services& services, const chat::clock& clock) -> http_response {
  if (request.method() != http::verb::post) return method_not_allowed({http::verb::post});
  if (services.draining) return draining();
  if (auto refusal = refuse_address(who.address, services, clock)) return std::move(*refusal);
  int version = 0;
  if (const auto text = query_value(request, "negotiateVersion")) {
    const auto [end, failed] =
        std::from_chars(text->data(), text->data() + text->size(), version);
    if (failed != std::errc{} || end != text->data() + text->size())
      return negotiate_error("The client requested a non-integer protocol version.");
  }
  if (version < 0)
    return negotiate_error("The client requested version '" + std::to_string(version) +
                           "', but the server does not support this version.");
  if (!services.counts.has_room(who.profile.user, who.address)) {
    services.metrics.limits.connections.Increment();
    return problem({chat::errc::rate_limited, "too many connections"});
  }
  const bool stateful = services.offers_stateful_reconnect &&
                        query_value(request, "useStatefulReconnect") == "true";
  const bool two_ids = version > 0;  // version 0 knows one, which is the key
  const auto ticket =
      services.negotiations.issue({who.profile.user, stateful}, clock.steady_now(), two_ids);
  if (!ticket) return problem(ticket.error());
  codec::json answer{{"negotiateVersion", two_ids ? 1 : 0},
                     {"connectionId", ticket->connection_id}};
  if (two_ids) answer.emplace("connectionToken", ticket->connection_token);
  if (stateful) answer.emplace("useStatefulReconnect", true);
  answer.emplace("availableTransports", offered_transports(hub));
  answer.update(token_lifetime(who, clock.now()));
  return json_response(http::status::ok, answer);
}

auto token_lifetime(const hub_caller& who, chat::timestamp now) -> codec::json {
  auto answer = codec::json::object();
  if (!who.expires_at || who.expires_at <= now) return answer;
  const std::int64_t longest = std::numeric_limits<std::int32_t>::max();
  answer.emplace("tokenLifetimeSeconds", std::min(longest, (who.expires_at.ms - now.ms) / 1'000));
  return answer;
}

auto refreshed_token_of(const http_request& request) -> std::optional<std::string> {
  const auto header = view(request["X-SignalR-Connection-Token"]);
  return header.empty() ? connection_token_of(request) : std::optional{std::string{header}};
}

auto check_refresh(const http_request& request, hub_caller* who,
                   const std::optional<chat::user_id>& owner) -> std::optional<http_response> {
  using http::status;
  if (request.method() != http::verb::post) return method_not_allowed({http::verb::post});
  if (who == nullptr) {
    auto refusal = unauthorized();
    refusal.body() = with_error(refusal.body(), "invalid_token");
    return refusal;
  }
  if (!refreshed_token_of(request))
    return refresh_refusal(status::bad_request, "missing_connection_token",
                           {chat::errc::bad_request, "Connection ID required"});
  if (!owner)
    return refresh_refusal(status::not_found, "connection_not_found",
                           {chat::errc::not_found, "No Connection with that ID"});
  if (!belongs_to(*owner, *who))
    return refresh_refusal(status::forbidden, "user_changed",
                           {chat::errc::forbidden, "the connection belongs to another user"});
  return std::nullopt;
}

auto belongs_to(const chat::user_id& owner, hub_caller& who) -> bool {
  if (is_guest(owner) && is_guest(who.profile.user)) who.profile.user = owner;
  return owner == who.profile.user;
}

/// Each guest is a user of its own: they are held by the rate of their address.
auto refuse_opening(const chat::user_id& user, const http_services& services,
                    const chat::clock& clock) -> std::optional<http_response> {
  if (services.draining) return draining();
  if (is_guest(user)) return std::nullopt;
  const auto wait = services.counts.take_open(user, clock.steady_now());
  if (!wait) return std::nullopt;
  return over_rate("too many connections are opened by this user", *wait,
                   services.metrics.limits.opens);
}

auto claim_token(const std::string& token, hub_caller& who, const http_services& services,
                 const chat::clock& clock) -> std::optional<http_response> {
  // Before the token is used up: the client may come back with it.
  if (!services.counts.has_room(who.profile.user, who.address))
    return problem(http::status::service_unavailable, "limit", "too many connections");
  if (auto refusal = refuse_opening(who.profile.user, services, clock)) return refusal;
  auto terms = services.negotiations.redeem(token, clock.steady_now());
  if (!terms) {
    if (auto refusal = refuse_address(who.address, services, clock)) return refusal;
    return problem(http::status::not_found, "not_found", "No Connection with that ID");
  }
  if (!belongs_to(terms->user, who))
    return problem(http::status::forbidden, "forbidden", "the connection belongs to another user");
  who.connection_id = std::move(terms->connection_id);
  who.resumable = terms->stateful;
  return std::nullopt;
}

auto check_websocket_headers(const http_request& request) -> std::optional<http_response> {
  if (view(request[http::field::sec_websocket_version]) != "13") {
    auto refusal =
        problem(http::status::upgrade_required, "bad_request", "WebSocket version 13 is required");
    refusal.set(http::field::sec_websocket_version, "13");
    return refusal;
  }
  const auto key = view(request[http::field::sec_websocket_key]);
  if (!is_key(key))
    return problem(http::status::bad_request, "bad_request", "Sec-WebSocket-Key is not valid");
  return std::nullopt;
}

auto check_upgrade(const http_request& request, hub_caller& who, const http_services& services,
                   const chat::clock& clock) -> std::optional<http_response> {
  if (auto refusal = check_websocket_headers(request)) return refusal;
  if (const auto token = connection_token_of(request))
    return claim_token(*token, who, services, clock);
  if (auto refusal = refuse_opening(who.profile.user, services, clock)) return refusal;
  return refuse_address(who.address, services, clock);
}

}  // namespace parley::net
