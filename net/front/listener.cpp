#include "net/front/listener.hpp"

#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

#include "net/front/new_socket.hpp"
#include "net/signalr/connection_host.hpp"

namespace parley::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// The kernel gives a peer up that answers nothing any more: sent bytes, or probes of a silent
/// socket, must be acknowledged within `limit_ms`, 5 s at the least.
void detect_vanished_peers(tcp_socket& socket, unsigned limit_ms) {
  limit_ms = std::max(limit_ms, 5'000u);
  const int fd = socket.native_handle();
  const auto set = [fd](int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof value);
  };
  const int limit_s = static_cast<int>(limit_ms / 1'000);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(limit_ms));
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, limit_s / 2);
  set(IPPROTO_TCP, TCP_KEEPINTVL, std::max(limit_s / 6, 1));
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
}

/// After an accept failed (no descriptors left, say) the listener waits this long.
constexpr std::chrono::milliseconds accept_pause{100};

}  // namespace

listener::listener(std::vector<std::unique_ptr<io_thread>>& threads, const http_services& services)
    : threads_(threads),
      services_(services),
      acceptor_(threads.front()->io()),
      pause_(threads.front()->io()) {}

auto listener::open(const std::string& address, std::uint16_t port) -> chat::expected<void> {
  error_code failed;
  const auto where = asio::ip::make_address(address, failed);
  const auto refuse = [&](const char* what) {
    return chat::unexpected{chat::errc::unavailable, std::string{what} + " " + address + ":" +
                                                         std::to_string(port) + ": " +
                                                         failed.message()};
  };
  if (failed) return refuse("not an address:");
  const tcp::endpoint endpoint{where, port};
  acceptor_.open(endpoint.protocol(), failed);
  if (!failed) acceptor_.set_option(asio::socket_base::reuse_address{true}, failed);
  if (!failed) acceptor_.bind(endpoint, failed);
  if (!failed) acceptor_.listen(4096, failed);
  if (failed) return refuse("cannot listen on");
  port_ = acceptor_.local_endpoint(failed).port();
  accept();
  return {};
}

void listener::accept() {
  auto& thread = *threads_[next_++ % threads_.size()];
  acceptor_.async_accept(thread.io(), [this, &thread](error_code failed, tcp_socket socket) {
    if (failed == asio::error::operation_aborted || !acceptor_.is_open()) return;
    if (failed) {
      spdlog::warn("accept failed: {}", failed.message());
      pause_.expires_after(accept_pause);
      return pause_.async_wait([this](error_code stopped) {
        if (!stopped) accept();
      });
    }
    detect_vanished_peers(socket, thread.host().options().hub.client_timeout_ms);
    asio::post(thread.io(), [this, &thread, socket = std::move(socket)]() mutable {
      welcome(thread, std::move(socket), services_);
    });
    accept();
  });
}

void listener::close() {
  asio::post(acceptor_.get_executor(), [this] {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  });
}

}  // namespace parley::net
