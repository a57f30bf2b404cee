#pragma once

#include <optional>
#include <string>

#include "net/endpoint/hub_endpoint.hpp"

namespace parley::net {

/// What a request on a hub path, other than negotiate, leads to: a refusal, an open connection, or
/// a new one.
struct hub_way {
  std::optional<http_response> refusal;
  std::optional<http_transports::entry> open;  ///< it takes this request
  carrier kind = carrier::websocket;           ///< of the new connection
  std::string token;                           ///< "": a WebSocket without negotiation
};

/// @param who signed in already; a guest becomes the one that negotiated
/// @source signalr.md section 4, the status table
auto find_way(const http_request& request, hub_caller& who, const http_services& services,
              const chat::clock& clock) -> hub_way;

}  // namespace parley::net
