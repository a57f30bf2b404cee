#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "net/chat_hub/chat_hub.hpp"
#include "net/endpoint/services.hpp"
#include "net/http/message.hpp"
#include "net/signalr/connection_host.hpp"
#include "net/signalr/hub.hpp"

namespace parley::net {

/// Where the hub is; each has a `negotiate` below it.
inline constexpr std::array<std::string_view, 2> hub_paths{"/hubs/chat", "/chathub"};

/// A hub path, as a request names it (C-01).
struct hub_path {
  dialect spoken = dialect::messaging;
  bool negotiates = false;     ///< {hub}/negotiate
  bool refreshes = false;      ///< {hub}/refresh
  bool admits_guests = false;  ///< when `auth.anonymous` is on
  bool has_websockets = true;  ///< the transport is offered
  bool keeps_request = false;  ///< the hub's code may look at the request that opened a connection
  const signalr::hub* methods = &chat_hub();
};

/// /hubs/chat speaks messaging, /chathub classic; `?dialect=` overrides. Nothing for other paths. As
/// ASP.NET Core routes: in any case, with or without a slash at the end.
auto find_hub(const http_request& request) -> std::optional<hub_path>;

/// The identity behind a request: `Authorization: Bearer`, or, unless `header_only`, the query's
/// access_token (browsers cannot set headers on a WebSocket). The header wins; one of another
/// scheme is none.
auto authenticate(const http_request& request, const auth::verifier& verifier, chat::timestamp now,
                  bool header_only) -> chat::expected<auth::identity>;

/// Is there no token at all? With `auth.anonymous` that is a guest.
auto has_token(const http_request& request, bool header_only) -> bool;
/// A new guest: an id of its own until it takes a name (C-05).
auto new_guest() -> chat::profile;

/// Where a request comes from, and who sent it.
struct hub_caller {
  chat::profile profile;
  std::string address;
  chat::timestamp expires_at{};    ///< the end of the token; none: a guest
  std::string connection_id = {};  ///< the public one of the connection that it negotiated
  bool resumable = false;          ///< that connection offers stateful reconnect
};

/// POST {hub}/negotiate.
auto negotiate(const hub_path& hub, const http_request& request, const hub_caller& who,
               const http_services& services, const chat::clock& clock) -> http_response;

/// `{tokenLifetimeSeconds}`: how long the caller's token is still good, clock skew not counted, at
/// most what 32 bits hold (.NET clients fail at more). Empty for a token that has ended already, or
/// never does.
auto token_lifetime(const hub_caller& who, chat::timestamp now) -> codec::json;

/// The connection that a refresh is for: of .NET 11 clients the header X-SignalR-Connection-Token,
/// else the query's `id`. An empty one is none.
auto refreshed_token_of(const http_request& request) -> std::optional<std::string>;

/// POST {hub}/refresh, before the connection is told: nothing when it may be, else the refusal as
/// .NET 11 clients read it, with `error`.
/// @param owner  of the connection that is named, also of one that was only negotiated
auto check_refresh(const http_request& request, hub_caller* who,
                   const std::optional<chat::user_id>& owner) -> std::optional<http_response>;

/// A value of the query; the hub's names are read in any case.
auto query_value(const http_request& request, std::string_view name) -> std::optional<std::string>;

/// The `id` of a hub request; an empty one is none, as ASP.NET Core takes it.
auto connection_token_of(const http_request& request) -> std::optional<std::string>;

/// Is the connection `owner`'s and `who` the same user? A guest becomes the one that negotiated.
auto belongs_to(const chat::user_id& owner, hub_caller& who) -> bool;

/// May `user` open or resume a hub connection now? Counts the try. @returns nothing, or the refusal
auto refuse_opening(const chat::user_id& user, const http_services& services,
                    const chat::clock& clock) -> std::optional<http_response>;

/// Uses up a negotiated token: nothing when `who` may go on with it, else the refusal.
auto claim_token(const std::string& token, hub_caller& who, const http_services& services,
                 const chat::clock& clock) -> std::optional<http_response>;

/// An upgrade must ask for WebSocket version 13 and carry a key of 16 bytes.
auto check_websocket_headers(const http_request& request) -> std::optional<http_response>;

/// GET {hub} that wants to become a WebSocket and names no open connection: nothing when it may,
/// else the refusal.
auto check_upgrade(const http_request& request, hub_caller& who, const http_services& services,
                   const chat::clock& clock) -> std::optional<http_response>;

}  // namespace parley::net
