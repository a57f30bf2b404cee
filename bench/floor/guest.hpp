#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bench/wire/socket.hpp"

namespace parley::bench {

class floor_room;

/// One accepted connection of the floor: a socket, what it could not yet read or write, and the
/// room it is in.
class guest {
 public:
  enum class stage : std::uint8_t { http, handshake, open };

  guest(unique_fd socket, int epoll);

  auto fd() const -> int { return socket_.get(); }

  /// One plain write(); what the socket does not take waits for flush().
  void write_bytes(std::string_view bytes);
  void flush();

  stage at = stage::http;
  floor_room* room = nullptr;
  std::string unread;  ///< start of a request or frame whose rest has not come
  std::string acks;    ///< frames that ride along with the next write
  std::string held;    ///< fault::reorder: a delivery kept back until the next one is out

 private:
  void watch(std::uint32_t events);

  unique_fd socket_;
  int epoll_;
  std::string unsent_;
};

}  // namespace parley::bench
