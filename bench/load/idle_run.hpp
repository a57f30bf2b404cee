#pragma once

#include "bench/load/connection_pool.hpp"
#include "bench/load/options.hpp"
#include "bench/measure/usage.hpp"

namespace parley::bench {

/// What holding idle connections has cost.
struct idle_result {
  usage before;   ///< nobody connected
  usage settled;  ///< all connected, and two seconds later
  usage end;      ///< after the idle time
};

/// Opens `idle` signed-in connections, one user each, and lets them do nothing but ping.
class idle_run : public connection_listener {
 public:
  explicit idle_run(const options& opts);
  auto run() -> idle_result;

  void on_open(connection&) override {}
  void on_record(connection&, const hub_record&) override {}

 private:
  void rest(double seconds);

  const options& options_;
  connection_pool pool_;
};

}  // namespace parley::bench
