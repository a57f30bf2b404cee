#pragma once

#include <boost/beast/core/flat_buffer.hpp>

#include "net/endpoint/services.hpp"
#include "net/io/io_thread.hpp"
#include "net/io/stream.hpp"
#include "net/limits/unserved.hpp"

namespace parley::net {

/// Serves HTTP/1.1 on a stream until it closes or becomes a WebSocket: hub negotiation and
/// upgrades, REST, health and metrics. @thread `thread`'s
/// @param waiting  its place among the sockets on which nothing was served
void serve_http(io_thread& thread, stream wire, unserved waiting, const http_services& services);

/// Goes on behind a request that was read to its end and answered. @thread `thread`'s
/// @param rest what was read behind that request
void continue_http(io_thread& thread, stream wire, const http_services& services,
                   boost::beast::flat_buffer rest);

}  // namespace parley::net
