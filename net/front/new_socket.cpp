#include "net/front/new_socket.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "net/front/connection.hpp"
#include "net/front/tls_handshake.hpp"
#include "net/limits/crowd_watch.hpp"
#include "net/limits/proxy_header.hpp"
#include "net/signalr/connection_host.hpp"

namespace parley::net {
namespace {

using boost::system::error_code;
using config::ip_address;
using std::chrono::steady_clock;

auto address_of(const boost::asio::ip::address& address) -> ip_address {
  if (address.is_v4()) return ip_address::from_v4(address.to_v4().to_bytes());
  ip_address made;
  std::ranges::copy(address.to_v6().to_bytes(), made.bytes.begin());
  return made;
}

auto proxies_of(const http_services& services) -> const config::networks& {
  static const config::networks nobody;
  return services.proxies != nullptr ? *services.proxies : nobody;
}

/// `from` is at the other end, by its own address or by what its proxy said.
void serve(io_thread& thread, tcp_socket socket, const ip_address& from,
           const http_services& services) {
  const auto& proxies = proxies_of(services);
  const peer who{from, proxies};
  auto place = services.counts.take_socket(who.is_proxy() ? std::string{} : who.network());
  if (!place) return services.metrics.limits.sockets.Increment();
  auto known = std::make_unique<const peer>(from, proxies, std::move(place));
  unserved waiting{services.counts, *known};
  if (services.tls != nullptr)
    return serve_tls(thread, std::move(socket), std::move(known), std::move(waiting), services);
  serve_http(thread, stream{std::move(socket), std::move(known)}, std::move(waiting), services);
}

/// A trusted proxy's socket until its PROXY header has come, for `http.header_timeout_ms`. What
/// stands behind the header stays in the socket, for TLS or HTTP.
class proxy_opening final : public std::enable_shared_from_this<proxy_opening>, public connection {
 public:
  proxy_opening(io_thread& thread, tcp_socket socket, const ip_address& proxy,
                const http_services& services)
      : thread_(thread),
        socket_(std::move(socket)),
        proxy_(proxy),
        services_(services),
        place_(services.counts.take_socket({})),
        deadline_(steady_clock::now() +
                  std::chrono::milliseconds{thread.host().options().http.header_timeout_ms}) {
    thread_.add(*this);
  }
  ~proxy_opening() override { thread_.remove(*this); }

  void start() {
    if (place_ == nullptr) {
      services_.metrics.limits.sockets.Increment();
      return close();
    }
    await();
  }

  // connection
  void on_tick(steady_clock::time_point now) override {
    if (now > deadline_ && socket_.is_open()) fail();
  }
  void shut_down() override { close(); }
  auto is_lasting() const -> bool override { return false; }

 private:
  void await() {
    socket_.async_wait(tcp_socket::wait_read, [self = shared_from_this()](error_code stopped) {
      if (!stopped && self->socket_.is_open()) self->read();
    });
  }

  void read() {
    std::array<char, 512> seen{};
    const auto fd = socket_.native_handle();
    const auto size = ::recv(fd, seen.data(), seen.size(), MSG_PEEK | MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return await();
    if (size <= 0) return close();
    const auto taken = header_.put({seen.data(), static_cast<std::size_t>(size)});
    ::recv(fd, seen.data(), taken, MSG_DONTWAIT);
    switch (header_.is()) {
      case proxy_header::state::incomplete: return await();
      case proxy_header::state::malformed: return fail();
      case proxy_header::state::complete: break;
    }
    place_.reset();  // the client's comes in its stead
    serve(thread_, std::move(socket_), header_.source().value_or(proxy_), services_);
  }

  void fail() {
    services_.metrics.limits.requests.Increment();
    if (services_.crowds != nullptr) services_.crowds->missed_header(proxy_.to_string());
    close();
  }

  void close() {
    error_code ignored;
    socket_.close(ignored);
    place_.reset();
  }

  io_thread& thread_;
  tcp_socket socket_;
  const ip_address proxy_;
  const http_services& services_;
  connection_counts::place place_;
  steady_clock::time_point deadline_;
  proxy_header header_;
};

}  // namespace

void welcome(io_thread& thread, tcp_socket socket, const http_services& services) {
  error_code gone;
  const auto end = socket.remote_endpoint(gone);
  if (gone) return;  // as fast as it came
  const auto from = address_of(end.address());
  if (services.speaks_proxy_protocol && proxies_of(services).contains(from))
    return std::make_shared<proxy_opening>(thread, std::move(socket), from, services)->start();
  serve(thread, std::move(socket), from, services);
}

}  // namespace parley::net
