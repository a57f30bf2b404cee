#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <thread>
#include <unordered_set>

#include "config/options.hpp"
#include "net/flush_governor.hpp"

namespace parley::net {

class connection_host;

/// Sockets that need no type-erased executor.
using tcp_socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

/// A connection, as its thread sees it.
class connection {
 public:
  virtual ~connection() = default;
  virtual void on_tick(std::chrono::steady_clock::time_point now) = 0;
  /// Bytes that wait to be written.
  virtual auto unsent_bytes() const -> std::size_t { return 0; }
  /// The server drains: say goodbye and end.
  virtual void shut_down() = 0;
};

/// One thread with an io_context, the connections it owns, one tick for all their deadlines and
/// one flush governor.
class io_thread {
 public:
  io_thread(const config::options& options);
  ~io_thread();

  auto io() -> boost::asio::io_context& { return io_; }
  auto governor() -> flush_governor& { return governor_; }
  auto host() -> connection_host& { return *host_; }
  void attach(connection_host& host) { host_ = &host; }

  void start();
  /// Ends the loop and joins the thread; safe to call twice.
  void stop();

  // @thread this one
  void add(connection& who) { connections_.insert(&who); }
  void remove(connection& who) { connections_.erase(&who); }
  auto connection_count() const -> std::size_t { return connections_.size(); }
  void shut_down_connections();
  /// The thread is gone, and the host with it.
  auto has_ended() const -> bool { return ended_; }

 private:
  void tick();
  void report_unsent();

  // Before io_: handlers that still wait when io_ is destroyed hold connections, which sign off.
  std::unordered_set<connection*> connections_;
  std::size_t reported_unsent_ = 0;
  bool ended_ = false;
  boost::asio::io_context io_;
  flush_governor governor_;
  boost::asio::steady_timer timer_;
  std::chrono::milliseconds tick_;
  connection_host* host_ = nullptr;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace parley::net
