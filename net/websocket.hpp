#pragma once

#include "net/hub_client.hpp"
#include "net/io_thread.hpp"
#include "net/stream.hpp"

namespace parley::net {

/// Answers the upgrade request and carries a hub connection over the stream until either ends.
/// @param request a WebSocket upgrade, checked and authenticated
void serve_websocket(io_thread& thread, stream wire, http_request request, hub_client who);

}  // namespace parley::net
