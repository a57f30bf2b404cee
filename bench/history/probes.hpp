#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/history/filler.hpp"

namespace parley::bench {

/// One way of reading, asked of a store again and again.
struct probe {
  std::string name;
  std::string like;  ///< the probe it should cost as much as; empty: none
  std::function<void()> read;
};

struct probe_result {
  std::string name;
  double p50_us = 0;
  double p99_us = 0;
  double ratio = 0;  ///< p50 over that of `like`; 0: none
};

/// All ways of reading history and the chat list, of a conversation as long as it is now. Those with
/// a random place take one of `seed`'s.
auto probes_of(storage::store& store, const filler& what, std::uint64_t seed)
    -> std::vector<probe>;

/// Asks each probe `samples` times, taking turns, after a few times without a watch.
auto measure(const std::vector<probe>& probes, std::size_t samples) -> std::vector<probe_result>;

}  // namespace parley::bench
