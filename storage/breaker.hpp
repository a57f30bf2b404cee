#pragma once

#include <atomic>

namespace parley::storage {

/// What all stores of one database know of it together. While it is open their calls fail at once
/// as errc::unavailable, instead of each waiting for a network that does not answer.
///
/// A store opens it when it cannot connect. Somebody who asks the database again and again over a
/// connection of its own says when it answers, and closes it: nobody else tries meanwhile.
/// @thread any
class breaker {
 public:
  auto is_open() const -> bool { return is_open_.load(std::memory_order_relaxed); }
  void open() { is_open_.store(true, std::memory_order_relaxed); }
  void close() { is_open_.store(false, std::memory_order_relaxed); }

 private:
  std::atomic<bool> is_open_{false};
};

}  // namespace parley::storage
