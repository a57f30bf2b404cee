#pragma once

#include <optional>
#include <string_view>

#include "net/connection_host.hpp"
#include "net/http_message.hpp"
#include "net/http_services.hpp"

namespace parley::net {

/// A hub path, as a request names it (C-01).
struct hub_path {
  dialect spoken = dialect::messaging;
  bool negotiates = false;  ///< {hub}/negotiate
};

/// /hubs/chat speaks messaging, /chathub classic. Nothing for other paths.
auto find_hub(std::string_view path) -> std::optional<hub_path>;

/// The identity behind a request: `Authorization: Bearer`, or, unless `header_only`, the query's
/// access_token (browsers cannot set headers on a WebSocket). The header wins.
auto authenticate(const http_request& request, const auth::verifier& verifier, chat::timestamp now,
                  bool header_only) -> chat::expected<auth::identity>;

/// POST {hub}/negotiate.
auto negotiate(const http_request& request, const chat::user_id& user,
               const http_services& services, const chat::clock& clock) -> http_response;

/// GET {hub} that wants to become a WebSocket: nothing when it may, else the refusal.
auto check_upgrade(const http_request& request, const chat::user_id& user,
                   const http_services& services, const chat::clock& clock)
    -> std::optional<http_response>;

}  // namespace parley::net
