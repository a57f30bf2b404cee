#pragma once

#include "net/endpoint/services.hpp"
#include "net/io/io_thread.hpp"
#include "net/limits/unserved.hpp"

namespace parley::net {

/// Shakes hands on a new socket, for at most `http.tls_handshake_timeout_ms`, and serves HTTP on it.
/// Who fails is counted and cut off; that is no error of ours. @thread `thread`'s
/// @param waiting  its place among the sockets on which nothing was served; without one it ends here
void serve_tls(io_thread& thread, tcp_socket socket, peer_ptr from, unserved waiting,
               const http_services& services);

}  // namespace parley::net
