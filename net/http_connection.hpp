#pragma once

#include "net/http_services.hpp"
#include "net/io_thread.hpp"
#include "net/stream.hpp"

namespace parley::net {

/// Serves HTTP/1.1 on a stream until it closes or becomes a WebSocket: hub negotiation and
/// upgrades, REST, health and metrics. @thread `thread`'s
void serve_http(io_thread& thread, stream wire, const http_services& services);

}  // namespace parley::net
