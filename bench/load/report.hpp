#pragma once

#include <string>
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

 private:
  std::vector<std::pair<std::string, double>> figures_;
};

auto make_report(const options& opts, const load_result& result) -> report;
auto make_report(const options& opts, const idle_result& result) -> report;

/// Prints for a human; `server_pid` and the like decide which lines there are.
void print_load(const options& opts, const report& figures);
void print_idle(const options& opts, const report& figures);

}  // namespace parley::bench
