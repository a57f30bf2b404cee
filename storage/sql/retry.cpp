#include "storage/sql/retry.hpp"

#include <random>
#include <thread>

namespace parley::storage::sql {
namespace {

using namespace std::chrono_literals;

constexpr int max_deadlocks = 8;
constexpr auto slow_loss = 1s;

/// Up to 1, 2, 4 .. 128 ms, so that two transactions do not meet again.
void pause_after(int deadlocks) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const auto most = 1000u << std::min(deadlocks, 7);
  std::this_thread::sleep_for(std::chrono::microseconds{random() % most});
}

}  // namespace

auto retry::allows(const failure& why) -> bool {
  switch (why.help()) {
    case cure::none:
    case cure::settings: return false;
    case cure::again_once: return ++lock_timeouts_ <= 1;
    case cure::reopen:
      return ++losses_ <= 1 && std::chrono::steady_clock::now() - start_ < slow_loss;
    case cure::again:
      if (deadlocks_ == max_deadlocks) return false;
      pause_after(deadlocks_++);
      return true;
  }
  return false;
}

}  // namespace parley::storage::sql
