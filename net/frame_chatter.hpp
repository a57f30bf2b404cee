#pragma once

#include <algorithm>
#include <cstdint>

#include "chat/token_bucket.hpp"
#include "config/options.hpp"

namespace parley::net {

/// Bounds what a WebSocket may cost without saying anything: pings, pongs, empty frames and frames
/// of one byte, `limits.pings_per_s` of them, in bursts of `limits.pings_burst`.
/// @thread its connection's
class frame_chatter {
 public:
  explicit frame_chatter(const config::limit_options& limits)
      : is_limited_(limits.enabled && limits.pings_per_s > 0) {
    if (is_limited_) allowed_ = {limits.pings_per_s, limits.pings_burst};
  }

  /// May the client have one more of those frames?
  auto allows(chat::token_bucket::steady now) -> bool { return allowed_.take(now); }

  void note_payload(std::size_t bytes) { payload_ += bytes; }
  /// Empty fragments never surface from Beast: they show as bytes read that were no payload.
  /// Ask once a tick. @param read  bytes that the socket gave so far
  auto is_payload_fair(std::uint64_t read) -> bool {
    const auto overhead = read - read_before_ - std::min(payload_, read - read_before_);
    const bool fair = !is_limited_ || overhead <= payload_ * max_overhead + slack_bytes;
    read_before_ = read;
    payload_ = 0;
    return fair;
  }

 private:
  /// A frame of two bytes has a header of six.
  static constexpr std::uint64_t max_overhead = 3;
  static constexpr std::uint64_t slack_bytes = 16 * 1024;

  bool is_limited_;
  chat::token_bucket allowed_;
  std::uint64_t payload_ = 0;  ///< since the last question
  std::uint64_t read_before_ = 0;
};

}  // namespace parley::net
