#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>

namespace parley::storage {

/// One at a time, in the order they came: the writers of a database file in this process. SQLite's
/// own waiting sleeps between tries and knows no order, so that whoever writes without pause keeps
/// the others out.
/// @thread any
class turn {
 public:
  /// Waits for its turn. @returns false when it did not come in time
  auto take(std::chrono::milliseconds patience) -> bool;
  /// Whoever took it gives it to the one who has waited longest.
  void give();
  auto waiting() -> std::size_t;

 private:
  struct place {
    std::condition_variable called;
    bool has_turn = false;
  };

  std::mutex mutex_;
  bool is_taken_ = false;
  std::list<place*> line_;
};

}  // namespace parley::storage
