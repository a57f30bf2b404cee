#include "app/hard_end.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "telemetry/log.hpp"

namespace parley::app {

hard_end::hard_end(std::chrono::steady_clock::time_point at,
                   std::function<std::string()> what_is_left)
    : what_is_left_(std::move(what_is_left)), thread_([this, at] { wait(at); }) {}

hard_end::~hard_end() {
  {
    const std::lock_guard lock{mutex_};
    is_over_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void hard_end::enter(std::string step) {
  const std::lock_guard lock{mutex_};
  what_is_left_ = [step = std::move(step)] { return step; };
}

void hard_end::wait(std::chrono::steady_clock::time_point at) {
  std::unique_lock lock{mutex_};
  if (changed_.wait_until(lock, at, [this] { return is_over_; })) return;
  spdlog::critical("the drain timeout is over, ending now; left: {}", what_is_left_());
  telemetry::stop_logging();
  _exit(incomplete_exit);
}

}  // namespace parley::app
