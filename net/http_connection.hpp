#pragma once

#include "net/http_services.hpp"
#include "net/io_thread.hpp"
#include "net/stream.hpp"
#include "net/unserved.hpp"

namespace parley::net {

/// Serves HTTP/1.1 on a stream until it closes or becomes a WebSocket: hub negotiation and
/// upgrades, REST, health and metrics. @thread `thread`'s
/// @param waiting  its place among the sockets on which nothing was served; a default one: something
///                 was
void serve_http(io_thread& thread, stream wire, unserved waiting, const http_services& services);

}  // namespace parley::net
