#pragma once

#include "net/io/io_thread.hpp"
#include "net/io/stream.hpp"
#include "net/signalr/hub_connection.hpp"
#include "net/transports/hub_client.hpp"

namespace parley::net {

class resumable_connection;

/// A WebSocket as a resumable connection sees it. @thread its io thread
class websocket_link : public signalr::transport {
 public:
  virtual auto unsent_bytes() const -> std::size_t = 0;
  /// Cuts the socket. What still comes from it reaches nobody.
  virtual void abandon() = 0;
};

/// Answers the upgrade request and carries a hub connection over the stream until either ends.
/// @param request a WebSocket upgrade, checked and authenticated
/// @param token   of the negotiated connection, for `open`; empty: none
/// @param early   what the client sent behind its request
void serve_websocket(io_thread& thread, stream wire, const http_request& request, hub_client who,
                     http_transports& open, const std::string& token, std::string early = {});

/// The same for a connection that may outlive the socket.
void serve_websocket(io_thread& thread, stream wire, const http_request& request,
                     std::shared_ptr<resumable_connection> above, std::string early = {});

}  // namespace parley::net
