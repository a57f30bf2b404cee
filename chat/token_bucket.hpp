#pragma once

#include <algorithm>
#include <chrono>

namespace parley::chat {

/// Lets `rate` things a second through, and `burst` at once. rate 0: everything.
class token_bucket {
 public:
  using steady = std::chrono::steady_clock::time_point;

  token_bucket() = default;
  token_bucket(double rate, double burst) : rate_(rate), burst_(burst), tokens_(burst) {}

  auto take(steady now) -> bool {
    if (rate_ <= 0) return true;
    refill(now);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

  /// Of a take() that just failed: until the next may succeed, rounded up.
  auto wait() const -> std::chrono::milliseconds {
    if (rate_ <= 0 || tokens_ >= 1) return {};
    const std::chrono::duration<double> missing{(1 - tokens_) / rate_};
    return std::chrono::ceil<std::chrono::milliseconds>(missing);
  }

  /// Nothing is remembered that a new bucket would not know.
  auto is_full(steady now) const -> bool {
    if (rate_ <= 0 || last_ == steady{}) return true;
    const std::chrono::duration<double> passed = now - last_;
    return tokens_ + passed.count() * rate_ >= burst_;
  }

 private:
  void refill(steady now) {
    if (last_ != steady{}) {
      const std::chrono::duration<double> passed = now - last_;
      tokens_ = std::min(burst_, tokens_ + passed.count() * rate_);
    }
    last_ = now;
  }

  double rate_ = 0;
  double burst_ = 0;
  double tokens_ = 0;
  steady last_{};
};

}  // namespace parley::chat
