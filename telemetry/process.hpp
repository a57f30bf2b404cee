#pragma once

#include <prometheus/metric_family.h>

#include <vector>

namespace parley::telemetry {

/// What the kernel counts for this process. A figure that cannot be read is 0.
struct process_figures {
  double resident_bytes = 0;
  double virtual_bytes = 0;
  double cpu_seconds = 0;  ///< user and system, since the start
  double open_fds = 0;
  double max_fds = 0;        ///< soft limit; more connections than this cannot be
  double start_seconds = 0;  ///< since 1970
};

/// Reads /proc/self and getrusage(2). @thread any; some 50 us and 1 us per 3 open descriptors
auto read_process() -> process_figures;

/// The figures under the names Prometheus clients agree on: process_resident_memory_bytes,
/// process_virtual_memory_bytes, process_cpu_seconds_total, process_open_fds, process_max_fds,
/// process_start_time_seconds.
auto process_families(const process_figures& figures) -> std::vector<prometheus::MetricFamily>;

}  // namespace parley::telemetry
