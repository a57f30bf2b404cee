#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/protocol.hpp"
#include "bench/wire/socket.hpp"
#include "bench/wire/websocket.hpp"

namespace parley::bench {

class connection;

/// Hears what the connections of one epoll loop have read.
class connection_listener {
 public:
  virtual ~connection_listener() = default;
  /// The handshake is done.
  virtual void on_open(connection& from) = 0;
  /// One record, handshake and pings apart. Its views end with the call.
  virtual void on_record(connection& from, const hub_record& record) = 0;
};

/// Counted over all connections since the start.
struct traffic {
  std::uint64_t bytes_read = 0;
  std::uint64_t reads = 0;
  std::uint64_t writes = 0;
  std::size_t largest_read = 0;  ///< bytes found unread on one connection, at most the buffer's
};

/// What the connections of one loop share: the epoll set, one read buffer, and a protocol.
struct shared_io {
  static constexpr std::size_t buffer_bytes = 256 * 1024;

  const protocol* speaks = nullptr;
  unique_fd epoll;
  std::vector<char> buffer = std::vector<char>(buffer_bytes);
  std::string frame;  ///< scratch of send_record
  traffic counts;
  std::int64_t read_at = 0;  ///< now_ns() right after the last read
};

/// Where and as whom a connection signs in.
struct login {
  endpoint server;
  std::uint32_t source_address = 0;  ///< 0 = any
  identity who;
  bool negotiate = false;  ///< POST negotiate first (hub protocols)
};

/// One client: a WebSocket over a non-blocking socket in an epoll set, and a protocol on it. A
/// refusal before it is open ends the run as "cannot run"; a close or a fragmented frame later as
/// "check failed".
class connection {
 public:
  explicit connection(std::uint32_t index) : index_(index) {}

  auto index() const -> std::uint32_t { return index_; }
  auto is_open() const -> bool { return state_ == state::open; }

  void start(const login& who, shared_io& io);
  /// Takes what epoll reported: one read at most; level triggering brings the rest.
  void on_ready(std::uint32_t events, shared_io& io, connection_listener& listener);
  /// Sends one payload of the protocol as one frame.
  void send_payload(std::string_view payload, shared_io& io);
  void ping(shared_io& io);

 private:
  enum class state : std::uint8_t { idle, connecting, negotiating, upgrading, shaking, open };

  void on_connected(shared_io& io);
  void read_some(shared_io& io, connection_listener& listener);
  auto consume(char* data, std::size_t size, shared_io& io, connection_listener& listener)
      -> std::size_t;
  auto consume_http(std::string_view bytes, shared_io& io, connection_listener& listener)
      -> std::size_t;
  void on_frame(const frame& next, shared_io& io, connection_listener& listener);
  void on_payload(std::string_view payload, shared_io& io, connection_listener& listener);
  void greet(shared_io& io, connection_listener& listener);
  void open(connection_listener& listener);
  void send_bytes(std::string_view bytes, shared_io& io);
  void flush(shared_io& io);
  void watch(std::uint32_t events, int operation, shared_io& io);
  [[noreturn]] void fail(const std::string& what) const;

  std::uint32_t index_;
  state state_ = state::idle;
  state after_connect_ = state::idle;
  unique_fd socket_;
  int step_ = 0;                ///< of the protocol's opening
  std::string unread_;          ///< start of a frame whose rest has not come
  std::string unsent_;          ///< what the socket did not take
  std::string first_request_;   ///< until connected
  identity who_;                ///< until open
};

}  // namespace parley::bench
