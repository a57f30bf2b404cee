#include "bench/measure/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace parley::bench {
namespace {

constexpr unsigned sub_bits = 7;  // 128 buckets per power of two
constexpr std::uint64_t sub_buckets = 1U << sub_bits;
constexpr unsigned largest_bit = 42;
constexpr std::uint64_t largest = (1ULL << largest_bit) - 1;

}  // namespace

// Values below 128 have a bucket each; above, the seven bits after the leading one choose it.
auto histogram::bucket_of(std::uint64_t value) -> std::size_t {
  if (value < sub_buckets) return value;
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - sub_bits;
  return (shift + 1) * sub_buckets + (value >> shift) - sub_buckets;
}

auto histogram::upper_edge(std::size_t bucket) -> std::int64_t {
  if (bucket < sub_buckets) return static_cast<std::int64_t>(bucket);
  const auto shift = bucket / sub_buckets - 1;
  const auto base = bucket % sub_buckets + sub_buckets;
  return static_cast<std::int64_t>(((base + 1) << shift) - 1);
}

histogram::histogram() : buckets_(bucket_of(largest) + 1) {}

void histogram::record(std::int64_t nanoseconds) {
  const auto value = std::max<std::int64_t>(nanoseconds, 0);
  ++buckets_[bucket_of(std::min(static_cast<std::uint64_t>(value), largest))];
  ++count_;
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value);
}

auto histogram::mean() const -> double {
  return count_ == 0 ? 0 : sum_ / static_cast<double>(count_);
}

auto histogram::percentile(double share) const -> std::int64_t {
  if (count_ == 0) return 0;
  const auto exact = std::ceil(share * static_cast<double>(count_));
  const auto wanted = std::clamp(static_cast<std::uint64_t>(exact), std::uint64_t{1}, count_);
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen >= wanted) return std::min(upper_edge(bucket), max_);
  }
  return max_;
}

}  // namespace parley::bench
