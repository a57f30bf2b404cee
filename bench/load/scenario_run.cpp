#include "bench/load/scenario_run.hpp"

#include "bench/wire/failure.hpp"

namespace parley::bench {

auto make_scenario_run(const options& opts) -> std::unique_ptr<scenario_run> {
  if (opts.scenario == "storm") return make_storm_run(opts);
  if (opts.scenario == "presence") return make_presence_run(opts);
  if (opts.scenario == "typing") return make_typing_run(opts);
  if (opts.scenario == "chats") return make_chats_run(opts);
  if (opts.scenario == "day") return make_day_run(opts);
  if (opts.scenario == "active") return make_active_run(opts);
  cannot_run("no such scenario: " + opts.scenario);
}

}  // namespace parley::bench
