#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/load/idle_run.hpp"
#include "bench/load/load_run.hpp"
#include "bench/load/options.hpp"

namespace parley::bench {

/// Named figures of one run, in the order they are shown; the names carry the unit and are the
/// keys of the JSON file.
class report {
 public:
  void add(std::string name, double value) { figures_.emplace_back(std::move(name), value); }
  auto figure(std::string_view name) const -> double;
  auto to_json() const -> std::string;
  auto all() const -> const std::vector<std::pair<std::string, double>>& { return figures_; }

 private:
  std::vector<std::pair<std::string, double>> figures_;
};

/// NAME_p50_us, _p99_us, _p999_us, _max_us.
void add_latency(report& out, const std::string& name, const histogram& times);
/// NAME_cpu_us_per_UNIT, and its user and system part.
void add_costs(report& out, const std::string& name, const process_stats& used,
               const std::string& unit, double count);
/// What the client and the machine did between two moments, and whether the client was the limit.
void add_surroundings(report& out, const usage& begin, const usage& end);

auto make_report(const options& opts, const load_result& result) -> report;
auto make_report(const options& opts, const idle_result& result) -> report;

/// Prints for a human; `server_pid` and the like decide which lines there are.
void print_load(const options& opts, const report& figures);
void print_idle(const options& opts, const report& figures);
/// Each figure by its name.
void print_all(const report& figures);

}  // namespace parley::bench
