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
    if (last_ != steady{}) {
      const std::chrono::duration<double> passed = now - last_;
      tokens_ = std::min(burst_, tokens_ + passed.count() * rate_);
    }
    last_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  double rate_ = 0;
  double burst_ = 0;
  double tokens_ = 0;
  steady last_{};
};

}  // namespace parley::chat
