#pragma once

#include "net/endpoint/services.hpp"
#include "net/io/io_thread.hpp"

namespace parley::net {

/// What a socket goes through that was accepted just now: whose it is (its address, or what its PROXY
/// header says), its place among the open sockets and among those on which nothing was served; then
/// TLS or HTTP. Without a place it is closed. @thread `thread`'s
void welcome(io_thread& thread, tcp_socket socket, const http_services& services);

}  // namespace parley::net
