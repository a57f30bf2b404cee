#pragma once

#include <memory>


#include "chat/entry.hpp"
#include "net/connection_host.hpp"
#include "net/http_message.hpp"
#include "net/io_thread.hpp"

namespace parley::net {

/// Who a hub connection is for.
struct hub_client {
  chat::profile user;
  dialect spoken = dialect::messaging;
  std::shared_ptr<void> place;  ///< among the counted connections, until this one ends
};

/// Answers the upgrade request and carries a hub connection over the socket until either ends.
/// @param request a WebSocket upgrade, checked and authenticated
void serve_websocket(io_thread& thread, tcp_socket socket, http_request request, hub_client who);

}  // namespace parley::net
