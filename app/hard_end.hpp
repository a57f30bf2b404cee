#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace parley::app {

/// Exit status of a server that ended before everything was stored or let go of (EX_TEMPFAIL).
constexpr int incomplete_exit = 75;

/// Ends the process when its end in order takes too long: says what was left and calls _exit.
class hard_end {
 public:
  /// @param what_is_left  asked on another thread when it is `at`
  hard_end(std::chrono::steady_clock::time_point at, std::function<std::string()> what_is_left);
  /// In time.
  ~hard_end();

  /// From now on `step` is what is left, and nothing is asked.
  void enter(std::string step);

 private:
  void wait(std::chrono::steady_clock::time_point at);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<std::string()> what_is_left_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace parley::app
