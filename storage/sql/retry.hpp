#pragma once

#include <chrono>

#include "storage/sql/connection.hpp"

namespace parley::storage::sql {

/// How often one call is tried again, so that no call hangs: deadlocks up to 8 times with a growing
/// jittered pause (in all less than half a second), lock timeouts once, lost connections once and
/// only when the loss was noticed within a second.
class retry {
 public:
  /// True when the call is worth another try now; sleeps before it says so.
  auto allows(const failure& why) -> bool;

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  int deadlocks_ = 0;
  int lock_timeouts_ = 0;
  int losses_ = 0;
};

}  // namespace parley::storage::sql
