#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace parley::actors {

/// Wakes a thread outside the actor system that waits for something to become true. @thread any
class signal {
 public:
  /// What was waited for may be true now.
  void notify() {
    const std::lock_guard lock{mutex_};
    changed_.notify_all();
  }

  /// @returns did `wanted` come true in time?
  template <class Predicate>
  auto wait_until(std::chrono::steady_clock::time_point until, Predicate wanted) -> bool {
    std::unique_lock lock{mutex_};
    return changed_.wait_until(lock, until, wanted);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace parley::actors
