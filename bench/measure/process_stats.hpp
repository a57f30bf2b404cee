#pragma once

#include <cstdint>

namespace parley::bench {

/// What Linux says a process has used since it started.
struct process_stats {
  double user_us = 0;                      ///< all threads, ended ones too
  double system_us = 0;                    ///< all threads, ended ones too
  std::uint64_t voluntary_switches = 0;    ///< threads alive now: times one went to sleep
  std::uint64_t involuntary_switches = 0;  ///< threads alive now: times one was put aside
  std::uint64_t threads = 0;
  std::uint64_t resident_bytes = 0;

  auto cpu_us() const -> double { return user_us + system_us; }
};

/// What all processors of the machine have done since it started.
struct machine_stats {
  double total_us = 0;   ///< of all processors together
  double idle_us = 0;    ///< waiting for disks included
  double stolen_us = 0;  ///< given to other machines by the hypervisor, as far as it tells
};

/// Reads /proc/stat; exact to 10 ms.
auto read_machine() -> machine_stats;

/// Reads /proc/PID. The sum of user and system time is exact to the nanosecond (schedstat of the
/// living threads) where that file exists and 10 ms otherwise; its split is the kernel's estimate.
/// All zero when there is no such process.
auto read_process(int pid) -> process_stats;

/// User and system time of the calling process, in microseconds.
auto own_cpu() -> process_stats;

/// `later` minus `earlier` for everything that only grows; the rest is `later`'s.
auto difference(const process_stats& later, const process_stats& earlier) -> process_stats;

}  // namespace parley::bench
