#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "chat/expected.hpp"
#include "chat/ids.hpp"

namespace parley::net::signalr {

/// Connection tokens that were handed out and not yet used. Negotiate and the transport that
/// follows may meet different io threads, hence the one lock of this folder.
class negotiations {
 public:
  using steady = std::chrono::steady_clock::time_point;

  struct ticket {
    std::string connection_id;     ///< public
    std::string connection_token;  ///< secret; the `id` of later requests
  };

  /// What was agreed on.
  struct terms {
    chat::user_id user;             ///< whose it is
    bool stateful = false;          ///< stateful reconnect was asked for and granted
    std::string connection_id = {}; ///< set by issue
  };

  /// @param lifetime of an unused token; @param max tokens that may wait
  negotiations(std::chrono::milliseconds lifetime, std::size_t max)
      : lifetime_(lifetime), max_(max) {}

  /// @param two_ids false (negotiate version 0): the public id is the token itself
  /// @errors errc::busy: too many wait. @thread any
  auto issue(terms agreed, steady now, bool two_ids = true) -> chat::expected<ticket>;

  /// Uses a token up. @returns nothing when it is unknown or too old. @thread any
  auto redeem(const std::string& connection_token, steady now) -> std::optional<terms>;

  /// Whose unused token this is; it stays unused. @thread any
  auto owner_of(const std::string& connection_token, steady now) -> std::optional<chat::user_id>;

 private:
  struct waiting {
    terms agreed;
    steady until;
  };

  void forget_old(steady now);

  std::chrono::milliseconds lifetime_;
  std::size_t max_;
  std::mutex mutex_;
  std::unordered_map<std::string, waiting> waiting_;
  steady next_sweep_{};
};

/// 16 bytes from the operating system, base64url without padding (22 characters).
auto random_token() -> std::string;

}  // namespace parley::net::signalr
