#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

namespace parley::chat {

/// A moment on the wall clock: milliseconds since 1970-01-01 UTC. 0 means "never".
struct timestamp {
  std::int64_t ms = 0;

  explicit operator bool() const { return ms != 0; }
  friend auto operator<=>(const timestamp&, const timestamp&) = default;
  template <class Inspector>
  friend auto inspect(Inspector& f, timestamp& x) {
    return f(x.ms);
  }
};

/// "2024-01-01T12:00:00.000Z". Years 0 to 9999: a moment outside is shown as the nearest one.
auto iso8601(timestamp at) -> std::array<char, 24>;
auto to_iso8601(timestamp at) -> std::string;

/// Wall time for stamps and token checks, steady time for deadlines; a test turns both by hand.
class clock {
 public:
  using steady = std::chrono::steady_clock::time_point;

  virtual ~clock() = default;
  virtual auto now() const -> timestamp = 0;
  virtual auto steady_now() const -> steady = 0;
};

/// The machine's clocks. @thread any
auto system_clock() -> const clock&;

}  // namespace parley::chat
