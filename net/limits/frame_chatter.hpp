#pragma once

#include <cstdint>

#include "chat/token_bucket.hpp"
#include "config/options.hpp"

namespace parley::net {

/// Bounds what a WebSocket may cost without saying anything: pings, pongs, empty frames and frames
/// of one byte, `limits.pings_per_s` of them, in bursts of `limits.pings_burst`.
/// @thread its connection's
class frame_chatter {
 public:
  explicit frame_chatter(const config::limit_options& limits) {
    if (limits.enabled) allowed_ = {limits.pings_per_s, limits.pings_burst};
  }

  /// A frame with so much payload carries next to nothing.
  static auto is_chatter(std::uint64_t payload) -> bool { return payload <= 1; }
  /// May the client have one more of those frames?
  auto allows(chat::token_bucket::steady now) -> bool { return allowed_.take(now); }

 private:
  chat::token_bucket allowed_;
};

}  // namespace parley::net
