#pragma once

#include <cstdint>

#include "bench/measure/process_stats.hpp"

namespace parley::bench {

/// A moment's counters of every process that takes part.
struct usage {
  std::int64_t at = 0;  ///< now_ns()
  process_stats server;
  process_stats database;
  process_stats client;
  machine_stats machine;
  std::int64_t waited_ns = 0;    ///< the client's time in epoll
  std::uint64_t bytes_read = 0;  ///< by the client
  std::uint64_t reads = 0;       ///< by the client
};

}  // namespace parley::bench
