#pragma once

#include <chrono>
#include <cstdint>

namespace parley::bench {

inline constexpr std::int64_t ns_per_second = 1'000'000'000;

/// Monotonic time in nanoseconds. Read once per readiness, not once per delivery.
inline auto now_ns() -> std::int64_t {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

/// Seconds of an option as nanoseconds.
inline auto to_ns(double seconds) -> std::int64_t {
  return static_cast<std::int64_t>(seconds * static_cast<double>(ns_per_second));
}

}  // namespace parley::bench
