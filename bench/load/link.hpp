#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/wire/socket.hpp"
#include "bench/wire/tls.hpp"

namespace parley::bench {

class connection_listener;
class link;
class protocol;

/// Counted over all links since the start.
struct traffic {
  std::uint64_t bytes_read = 0;
  std::uint64_t reads = 0;
  std::uint64_t writes = 0;
  std::size_t largest_read = 0;  ///< bytes found unread on one link, at most the buffer's
};

/// What the connections of one loop share: the epoll set, one read buffer, a protocol, a listener.
struct shared_io {
  static constexpr std::size_t buffer_bytes = 256 * 1024;
  static constexpr std::size_t max_buffer_bytes = 64 * 1024 * 1024;

  const protocol* speaks = nullptr;
  connection_listener* listener = nullptr;
  unique_fd epoll;
  tls_context tls;             ///< null: plain sockets
  bool keeps_post_sockets = true;  ///< else one closes with the answer to its POST
  std::vector<char> buffer = std::vector<char>(buffer_bytes);
  std::string frame;  ///< scratch of senders
  traffic counts;
  std::int64_t read_at = 0;  ///< now_ns() right after the last read
};

/// Whom a link tells what it read.
class link_owner {
 public:
  virtual ~link_owner() = default;
  /// @returns how many bytes are used up; the others come again in front of what follows
  virtual auto on_bytes(link& from, char* data, std::size_t size, shared_io& io)
      -> std::size_t = 0;
  /// The other side closed it, or it failed; it is closed now.
  virtual void on_lost(link& which, const std::string& why, shared_io& io) = 0;
};

/// One non-blocking TCP or TLS socket in an epoll set. It can be opened again after a close. An
/// open one stays where it is: epoll holds its address.
class link {
 public:
  explicit link(link_owner& owner) : owner_(owner) {}

  void open(const endpoint& server, std::uint32_t source, shared_io& io);
  void close();
  auto is_closed() const -> bool { return state_ == state::closed; }
  /// Bytes written before it is connected leave when it is.
  void write(std::string_view bytes, shared_io& io);
  /// Takes what epoll reported: one read at most; level triggering brings the rest.
  void on_ready(std::uint32_t events, shared_io& io);

 private:
  enum class state : std::uint8_t { closed, connecting, shaking, open };

  void on_connected(shared_io& io);
  void shake(shared_io& io);
  void read_some(shared_io& io);
  auto receive(char* to, std::size_t size) -> std::ptrdiff_t;
  auto transmit(std::string_view bytes) -> std::ptrdiff_t;
  void flush(shared_io& io);
  void watch(std::uint32_t events, shared_io& io);
  void lose(const std::string& why, shared_io& io);

  link_owner& owner_;
  unique_fd socket_;
  tls_session tls_;
  state state_ = state::closed;
  std::uint32_t watched_ = 0;  ///< what epoll was asked for
  std::string unread_;         ///< start of something whose rest has not come
  std::string unsent_;         ///< what the socket did not take
};

}  // namespace parley::bench
