#include <cstdio>
#include <exception>
#include <fstream>

#include "bench/load/idle_run.hpp"
#include "bench/load/load_run.hpp"
#include "bench/load/options.hpp"
#include "bench/load/report.hpp"
#include "bench/load/scenario_run.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

void publish(const options& opts, const report& figures,
             void (*print)(const options&, const report&)) {
  if (!opts.quiet) print(opts, figures);
  if (opts.json_file.empty()) return;
  std::ofstream file(opts.json_file);
  file << figures.to_json();
  if (!file.flush()) cannot_run("cannot write " + opts.json_file);
}

void measure(const options& opts) {
  if (opts.idle != 0) return publish(opts, make_report(opts, idle_run(opts).run()), print_idle);
  if (opts.scenario == "rooms")
    return publish(opts, make_report(opts, load_run(opts).run()), print_load);
  publish(opts, make_scenario_run(opts)->run(),
          [](const options&, const report& figures) { print_all(figures); });
}

auto run(int argc, char** argv) -> exit_code {
  try {
    if (const auto opts = read_options(argc, argv)) measure(*opts);
    return exit_code::ok;
  } catch (const run_failure& failure) {
    std::fprintf(stderr, "parley-load: %s%s\n",
                 failure.code == exit_code::check_failed ? "CHECK FAILED: " : "", failure.what());
    return failure.code;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "parley-load: %s\n", error.what());
    return exit_code::cannot_run;
  }
}

}  // namespace
}  // namespace parley::bench

auto main(int argc, char** argv) -> int {
  return static_cast<int>(parley::bench::run(argc, argv));
}
