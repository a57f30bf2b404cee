#include "actors/upkeep/job_run.hpp"

#include <spdlog/spdlog.h>

namespace parley::actors {

using std::chrono::duration;
using std::chrono::milliseconds;

job_run::job_run(const char* name, std::uint64_t every_ms, const chat::clock& clock,
                 telemetry::job_metrics& figures)
    : clock_(clock), figures_(figures) {
  status_.name = name;
  status_.every_ms = every_ms;
}

void job_run::begin() {
  began_ = clock_.steady_now();
  began_at_ = clock_.now();
  error_.clear();
  status_.is_running = true;
  open_ = 1;
}

void job_run::end_part(const chat::expected<void>& part) {
  if (!part && error_.empty())
    error_ = std::string{to_string(part.error().code)} + ": " + part.error().detail;
  if (--open_ > 0) return;
  const auto took = clock_.steady_now() - began_;
  status_.is_running = false;
  status_.last_run_at = began_at_;
  status_.last_duration_ms = std::chrono::duration_cast<milliseconds>(took).count();
  status_.last_error = error_;
  const bool failed = !error_.empty();
  ++(failed ? status_.failures : status_.runs);
  (failed ? figures_.failures : figures_.runs).Increment();
  figures_.duration_seconds.Set(duration<double>(took).count());
  if (failed) return spdlog::warn("job {} failed: {}", status_.name, error_);
  figures_.last_success.Set(static_cast<double>(clock_.now().ms) / 1000.0);
}

void job_run::add_found(std::uint64_t more) {
  status_.found += more;
  figures_.found.Increment(static_cast<double>(more));
}

}  // namespace parley::actors
