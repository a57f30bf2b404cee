#include "net/hub_endpoint.hpp"

#include <boost/beast/websocket/rfc6455.hpp>
#include <charconv>

#include "net/rest/routes.hpp"
#include "net/server_pages.hpp"

namespace parley::net {
namespace {

auto view(boost::beast::string_view text) -> std::string_view { return {text.data(), text.size()}; }

/// Query names of the hub are read in any case.
auto query_value(const http_request& request, std::string_view name) -> std::optional<std::string> {
  const auto query = split_target(view(request.target())).query;
  for (auto& [key, value] : rest::parse_query(query))
    if (boost::beast::iequals({key.data(), key.size()}, {name.data(), name.size()})) return value;
  return std::nullopt;
}

auto negotiate_error(const std::string& text) -> http_response {
  return json_response(http::status::ok, {{"error", text}});
}

auto bearer_of(const http_request& request) -> std::optional<std::string> {
  const auto header = view(request[http::field::authorization]);
  constexpr std::string_view scheme = "bearer ";
  if (header.empty()) return std::nullopt;
  if (header.size() < scheme.size() ||
      !boost::beast::iequals({header.data(), scheme.size()}, {scheme.data(), scheme.size()}))
    return std::string{};
  return std::string{header.substr(scheme.size())};
}

}  // namespace

auto find_hub(std::string_view path) -> std::optional<hub_path> {
  if (path == "/hubs/chat") return hub_path{dialect::messaging, false};
  if (path == "/hubs/chat/negotiate") return hub_path{dialect::messaging, true};
  if (path == "/chathub") return hub_path{dialect::classic, false};
  if (path == "/chathub/negotiate") return hub_path{dialect::classic, true};
  return std::nullopt;
}

auto authenticate(const http_request& request, const auth::verifier& verifier, chat::timestamp now,
                  bool header_only) -> chat::expected<auth::identity> {
  auto token = bearer_of(request);
  if (!token && !header_only) token = query_value(request, "access_token");
  return verifier.verify(token.value_or(std::string{}), now);
}

auto negotiate(const http_request& request, const chat::user_id& user,
               const http_services& services, const chat::clock& clock) -> http_response {
  if (request.method() != http::verb::post) return method_not_allowed({http::verb::post});
  if (services.draining)
    return problem(http::status::service_unavailable, "unavailable", "the server is stopping");
  int version = 0;
  if (const auto text = query_value(request, "negotiateVersion")) {
    const auto [end, failed] =
        std::from_chars(text->data(), text->data() + text->size(), version);
    if (failed != std::errc{} || end != text->data() + text->size())
      return negotiate_error("The client requested a non-integer protocol version.");
  }
  if (version < 1)
    return negotiate_error("The client requested version '" + std::to_string(version) +
                           "', but the server does not support this version.");
  const auto ticket = services.negotiations.issue(user, clock.steady_now());
  if (!ticket) return problem(ticket.error());
  return json_response(
      http::status::ok,
      {{"negotiateVersion", 1},
       {"connectionId", ticket->connection_id},
       {"connectionToken", ticket->connection_token},
       {"availableTransports",
        codec::json::array({{{"transport", "WebSockets"},
                             {"transferFormats", codec::json::array({"Text", "Binary"})}}})}});
}

auto check_upgrade(const http_request& request, const chat::user_id& user,
                   const http_services& services, const chat::clock& clock)
    -> std::optional<http_response> {
  if (request.method() != http::verb::get) return method_not_allowed({http::verb::get});
  const auto id = query_value(request, "id");
  if (!boost::beast::websocket::is_upgrade(request)) {
    if (!id) return problem(http::status::bad_request, "bad_request", "Connection ID required");
    return problem(http::status::not_found, "not_found", "No Connection with that ID");
  }
  if (view(request[http::field::sec_websocket_version]) != "13") {
    auto refusal =
        problem(http::status::upgrade_required, "bad_request", "WebSocket version 13 is required");
    refusal.set(http::field::sec_websocket_version, "13");
    return refusal;
  }
  if (services.draining)
    return problem(http::status::service_unavailable, "unavailable", "the server is stopping");
  if (!id) return std::nullopt;
  const auto owner = services.negotiations.redeem(*id, clock.steady_now());
  if (!owner) return problem(http::status::not_found, "not_found", "No Connection with that ID");
  if (*owner != user)
    return problem(http::status::forbidden, "forbidden", "the connection belongs to another user");
  return std::nullopt;
}

}  // namespace parley::net
