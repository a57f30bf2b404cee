#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <unordered_map>

#include "chat/token_bucket.hpp"

namespace parley::chat {

/// A token bucket for each key: an address, a user. One that is full again is forgotten, so that
/// memory follows who came lately. @thread its owner's
template <class Key>
class keyed_buckets {
 public:
  using steady = token_bucket::steady;

  /// Takes one of `rate` a second, of `burst` at once; rate 0: everything.
  /// @returns nothing: go ahead; else how long to wait
  auto take(const Key& key, double rate, double burst, steady now)
      -> std::optional<std::chrono::milliseconds> {
    if (rate <= 0) return std::nullopt;
    if (buckets_.size() > sweep_at_) forget_full(now);
    auto& bucket = buckets_.try_emplace(key, rate, burst).first->second;
    if (bucket.take(now)) return std::nullopt;
    return bucket.wait(now);
  }

  auto size() const -> std::size_t { return buckets_.size(); }

 private:
  void forget_full(steady now) {
    std::erase_if(buckets_, [now](const auto& one) { return one.second.is_full(now); });
    sweep_at_ = std::max<std::size_t>(1'024, buckets_.size() * 2);
  }

  std::unordered_map<Key, token_bucket> buckets_;
  std::size_t sweep_at_ = 1'024;
};

}  // namespace parley::chat
