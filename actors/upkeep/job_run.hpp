#pragma once

#include "chat/admin.hpp"
#include "chat/errors.hpp"
#include "chat/time.hpp"
#include "telemetry/metrics.hpp"

namespace parley::actors {

/// What is known of a job that runs by the clock, and its run under way: for `GET /admin/jobs`, the
/// log and the metrics. Belongs to the actor that runs the job.
class job_run {
 public:
  job_run(const char* name, std::uint64_t every_ms, const chat::clock& clock,
          telemetry::job_metrics& figures);

  /// A run begins, with one look-up under way.
  void begin();
  /// One more look-up of the run is under way.
  void add_part() { ++open_; }
  /// A look-up is over; with the last of them the run is. The first error of a run is kept.
  void end_part(const chat::expected<void>& part);
  /// The run did so much of what it is there for.
  void add_found(std::uint64_t more);
  /// The run looked, and there are so many.
  void set_found(std::uint64_t count) { status_.found = count; }

  auto is_running() const -> bool { return open_ > 0; }
  auto status() const -> const chat::job_status& { return status_; }

 private:
  const chat::clock& clock_;
  telemetry::job_metrics& figures_;
  chat::job_status status_;
  std::size_t open_ = 0;  ///< look-ups under way
  chat::clock::steady began_{};
  chat::timestamp began_at_;
  std::string error_;
};

}  // namespace parley::actors
