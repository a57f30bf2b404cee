#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <vector>

#include "chat/expected.hpp"
#include "net/endpoint/services.hpp"
#include "net/io/io_thread.hpp"

namespace parley::net {

/// Accepts connections on the first io thread and hands them to all of them in turn.
class listener {
 public:
  listener(std::vector<std::unique_ptr<io_thread>>& threads, const http_services& services);

  /// Binds and listens; accepting begins when the first thread runs.
  /// @errors errc::unavailable: the address cannot be bound
  auto open(const std::string& address, std::uint16_t port) -> chat::expected<void>;
  auto port() const -> std::uint16_t { return port_; }
  /// No more connections. @thread any
  void close();

 private:
  using acceptor =
      boost::asio::basic_socket_acceptor<boost::asio::ip::tcp,
                                         boost::asio::io_context::executor_type>;

  void accept();

  std::vector<std::unique_ptr<io_thread>>& threads_;
  const http_services& services_;
  acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::uint16_t port_ = 0;
  std::size_t next_ = 0;
};

}  // namespace parley::net
