#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <thread>
#include <unordered_set>
#include <vector>

#include "config/options.hpp"
#include "net/io/flush_governor.hpp"

namespace parley::telemetry {
class metrics;
}

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
  /// Is it a hub connection? The others end with their present exchange.
  virtual auto is_lasting() const -> bool { return true; }
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
  /// Before start().
  void attach(connection_host& host, telemetry::metrics& metrics) {
    host_ = &host;
    metrics_ = &metrics;
  }

  void start();
  /// Ends the loop and joins the thread; safe to call twice.
  void stop();

  // @thread this one
  void add(connection& who);
  void remove(connection& who);
  auto connection_count() const -> std::size_t { return connections_.size(); }
  /// Says goodbye to the hub connections, a few at a time, so that their clients do not all come
  /// back at once: about 500 a second, and faster when that would take longer than `spread`.
  /// @param done called here once all of them have ended
  void drain(std::chrono::milliseconds spread, std::function<void()> done);
  /// Ends the idle HTTP connections now and the busy ones with their answers.
  /// @param done called here once no connection is left
  void close_rest(std::function<void()> done);
  /// The thread is gone, and the host with it.
  auto has_ended() const -> bool { return ended_; }

 private:
  void tick();
  void tell_connections();
  void report_unsent(std::size_t unsent);
  void say_goodbyes();
  void check_drained();

  // Before io_: handlers that still wait when io_ is destroyed hold connections, which sign off.
  std::unordered_set<connection*> connections_;
  std::size_t lasting_ = 0;            ///< of them
  std::uint64_t removed_ = 0;          ///< ever
  std::vector<connection*> leaving_;   ///< still to be told, while the server drains
  std::size_t goodbyes_at_once_ = 0;
  std::function<void()> drained_;
  std::function<void()> emptied_;
  bool is_closing_ = false;            ///< whoever comes now is told to go at once
  std::size_t reported_unsent_ = 0;
  bool ended_ = false;
  boost::asio::io_context io_;
  flush_governor governor_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer goodbye_timer_;
  std::chrono::milliseconds tick_;
  connection_host* host_ = nullptr;
  telemetry::metrics* metrics_ = nullptr;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace parley::net
