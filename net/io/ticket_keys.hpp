#pragma once

#include <openssl/ssl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>

namespace parley::net {

/// Keys that seal TLS session tickets. A new one is made every twelve hours, and the one before it opens
/// tickets for as long again: whoever reads the process' memory one day cannot open what TLS 1.2 clients
/// resumed days ago, while those that come back within half a day need no full handshake.
/// @thread any  @source RFC 5077, section 5.5
class ticket_keys {
 public:
  using steady = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::hours lifetime{12};

  struct key {
    std::array<unsigned char, 16> name{};
    std::array<unsigned char, 32> cipher{};  ///< AES-256
    std::array<unsigned char, 32> mac{};     ///< HMAC-SHA256
  };

  /// The key for a ticket that is given out now. @returns nothing: there is no randomness to be had
  auto to_seal(steady now) -> std::optional<key>;

  /// The key called `name` that opens a ticket now, and whether the client should get a new ticket.
  struct opened {
    key with;
    bool is_old = false;
  };
  auto to_open(const unsigned char* name, steady now) -> std::optional<opened>;

  /// Tickets of `context` are sealed with these from now on; they outlive it.
  void use_in(SSL_CTX* context);

 private:
  void turn(steady now);

  std::mutex mutex_;
  std::optional<key> present_;
  std::optional<key> past_;
  steady made_at_;
};

}  // namespace parley::net
