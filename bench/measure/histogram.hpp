#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace parley::bench {

/// Counts durations in nanoseconds in log-linear buckets: 128 per power of two, so a reading is
/// at most 0.8 % too high and never too low. 0 .. 2^42 ns (73 minutes); more counts as that.
/// 39 KiB, no allocation after construction.
class histogram {
 public:
  histogram();

  void record(std::int64_t nanoseconds);
  auto count() const -> std::uint64_t { return count_; }
  auto max() const -> std::int64_t { return max_; }
  auto mean() const -> double;

  /// The smallest bucket's upper edge that `share` (0..1) of all readings do not exceed; never
  /// above max(). 0 while empty.
  auto percentile(double share) const -> std::int64_t;

 private:
  static auto bucket_of(std::uint64_t value) -> std::size_t;
  static auto upper_edge(std::size_t bucket) -> std::int64_t;

  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace parley::bench
