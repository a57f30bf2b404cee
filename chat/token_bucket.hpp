#pragma once

#include <algorithm>
#include <chrono>

namespace parley::chat {

/// Lets `rate` things a second through, and `burst` at once. rate 0: everything.
///
/// Of the past it keeps one point in time: when the bucket will be full again. Each thing taken
/// moves that by the interval of the rate; it may be so far ahead as a burst takes to come back.
class token_bucket {
 public:
  using steady = std::chrono::steady_clock::time_point;

  token_bucket() = default;
  token_bucket(double rate, double burst)
      : rate_(static_cast<float>(rate)), burst_(static_cast<float>(burst)) {}

  auto take(steady now) -> bool {
    if (rate_ <= 0) return true;
    if (excess(now) > steady::duration::zero()) return false;
    full_at_ = std::max(full_at_, now) + interval();
    return true;
  }

  /// Of a take() that just failed: until the next may succeed, rounded up.
  auto wait(steady now) const -> std::chrono::milliseconds {
    if (rate_ <= 0) return {};
    return std::chrono::ceil<std::chrono::milliseconds>(
        std::max(excess(now), steady::duration::zero()));
  }

  /// Nothing is remembered that a new bucket would not know.
  auto is_full(steady now) const -> bool { return rate_ <= 0 || full_at_ <= now; }

 private:
  auto interval() const -> steady::duration {
    return std::chrono::round<steady::duration>(std::chrono::duration<double>{1.0 / double{rate_}});
  }
  /// How much too far ahead one more would be.
  auto excess(steady now) const -> steady::duration {
    const auto one = interval();
    const auto burst = std::chrono::round<steady::duration>(one * double{burst_});
    return std::max(full_at_, now) + one - now - burst;
  }

  float rate_ = 0;  ///< both as floats: every connection and user has some of these
  float burst_ = 0;
  steady full_at_{};
};

}  // namespace parley::chat
