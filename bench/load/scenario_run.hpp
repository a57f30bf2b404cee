#pragma once

#include <memory>

#include "bench/load/options.hpp"
#include "bench/load/report.hpp"

namespace parley::bench {

/// One named way of using a server, set up, driven, checked and measured.
class scenario_run {
 public:
  virtual ~scenario_run() = default;
  /// @throws run_failure, also when the server broke its word
  virtual auto run() -> report = 0;
};

/// @param opts  outlives the run; `scenario` is one of storm, presence, typing, chats, day, active
auto make_scenario_run(const options& opts) -> std::unique_ptr<scenario_run>;

auto make_storm_run(const options& opts) -> std::unique_ptr<scenario_run>;
auto make_presence_run(const options& opts) -> std::unique_ptr<scenario_run>;
auto make_typing_run(const options& opts) -> std::unique_ptr<scenario_run>;
auto make_chats_run(const options& opts) -> std::unique_ptr<scenario_run>;
auto make_day_run(const options& opts) -> std::unique_ptr<scenario_run>;
auto make_active_run(const options& opts) -> std::unique_ptr<scenario_run>;

}  // namespace parley::bench
