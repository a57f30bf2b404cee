#pragma once

#include <deque>
#include <string>

#include "net/signalr/hub_connection.hpp"
#include "net/transports/open_connections.hpp"

namespace parley::net {

/// What a client sends to one connection by POST, in the order of arrival. The hub gets it in
/// pieces of 4 KiB, as from a socket. While it takes nothing, bodies wait and so do their answers,
/// which holds a client back that sends one at a time; of one that does not, 64 KiB wait and the
/// rest is refused with 429.
/// @thread the connection's
class post_queue {
 public:
  explicit post_queue(signalr::hub_connection& hub) : hub_(hub) {}

  void take(std::string body, reply to);
  void pause() { paused_ = true; }
  void resume() {
    paused_ = false;
    hand_on();
  }
  /// Answers what waits, and all that comes, with 404.
  void close();

 private:
  struct waiting_post {
    std::string body;
    reply to;
    std::size_t taken = 0;  ///< bytes that the hub has
  };

  void hand_on();
  void hand_on_piece();

  signalr::hub_connection& hub_;
  std::deque<waiting_post> waiting_;
  std::size_t bytes_ = 0;  ///< of all that waits
  bool paused_ = false;
  bool closed_ = false;
};

/// The answer about a token that is not, or no longer, known.
auto no_such_connection() -> http_response;

}  // namespace parley::net
