#include "storage/turn.hpp"

namespace parley::storage {

auto turn::take(std::chrono::milliseconds patience) -> bool {
  std::unique_lock lock{mutex_};
  if (!is_taken_) return is_taken_ = true;
  place me;
  const auto at = line_.insert(line_.end(), &me);
  if (me.called.wait_for(lock, patience, [&] { return me.has_turn; })) return true;
  line_.erase(at);
  return false;
}

void turn::give() {
  const std::lock_guard lock{mutex_};
  if (line_.empty()) {
    is_taken_ = false;
    return;
  }
  line_.front()->has_turn = true;
  line_.front()->called.notify_one();
  line_.pop_front();
}

auto turn::waiting() -> std::size_t {
  const std::lock_guard lock{mutex_};
  return line_.size();
}

}  // namespace parley::storage
