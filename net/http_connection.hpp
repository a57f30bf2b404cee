#pragma once

#include "net/http_services.hpp"
#include "net/io_thread.hpp"
#include "net/stream.hpp"

namespace parley::net {

/// Serves HTTP/1.1 on a stream until it closes or becomes a WebSocket: hub negotiation and
/// upgrades, REST, health and metrics. @thread `thread`'s
/// @param fresh nothing was served on it: it counts against limits.unauthenticated_per_ip until then
void serve_http(io_thread& thread, stream wire, const http_services& services, bool fresh = true);

}  // namespace parley::net
