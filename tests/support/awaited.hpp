#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace parley::test {

/// Nothing that works takes this long, even under sanitizers on a busy machine.
inline constexpr std::chrono::seconds patience{20};

/// A value that one thread changes and another waits for.
template <class T>
class awaited {
 public:
  template <class Change>
  void change(Change how) {
    {
      const std::lock_guard lock{mutex_};
      how(value_);
    }
    changed_.notify_all();
  }

  /// @returns whether `holds(value)` came true in time
  template <class Claim>
  auto until(Claim holds, std::chrono::milliseconds limit = patience) const -> bool {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, limit, [&] { return holds(value_); });
  }

  auto copy() const -> T {
    const std::lock_guard lock{mutex_};
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  T value_{};
};

}  // namespace parley::test
