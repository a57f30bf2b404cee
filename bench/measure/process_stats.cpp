#include "bench/measure/process_stats.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace parley::bench {
namespace {

auto slurp(const std::filesystem::path& path) -> std::string {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The number behind "Name:" in /proc/PID/status.
auto status_value(const std::string& status, const std::string& name) -> std::uint64_t {
  const auto at = status.find("\n" + name + ":");
  return at == std::string::npos
             ? 0
             : std::strtoull(status.c_str() + at + name.size() + 2, nullptr, 10);
}

void read_times(const std::filesystem::path& process, process_stats& out) {
  const auto text = slurp(process / "stat");
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  const double us_per_tick = 1e6 / static_cast<double>(sysconf(_SC_CLK_TCK));
  out.user_us = user * us_per_tick;
  out.system_us = system * us_per_tick;
}

auto read_threads(const std::filesystem::path& process, process_stats& out) -> double {
  double run_us = 0;
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator(process / "task", error)) {
    const auto status = slurp(task.path() / "status");
    out.voluntary_switches += status_value(status, "voluntary_ctxt_switches");
    out.involuntary_switches += status_value(status, "nonvoluntary_ctxt_switches");
    ++out.threads;
    run_us += std::strtod(slurp(task.path() / "schedstat").c_str(), nullptr) / 1e3;
  }
  return run_us;
}

}  // namespace

auto read_process(int pid) -> process_stats {
  process_stats out;
  const auto process = std::filesystem::path("/proc") / std::to_string(pid);
  read_times(process, out);
  const double run_us = read_threads(process, out);
  // Threads that ended count in stat only: then the exact sum is the smaller one and not used.
  const double ticked = out.cpu_us();
  if (run_us > ticked - 2e4 && ticked > 0) {
    out.user_us *= run_us / ticked;
    out.system_us *= run_us / ticked;
  }
  out.resident_bytes = status_value(slurp(process / "status"), "VmRSS") * 1024;
  return out;
}

auto read_machine() -> machine_stats {
  std::istringstream line(slurp("/proc/stat"));
  std::string label;
  line >> label;
  machine_stats out;
  const double us_per_tick = 1e6 / static_cast<double>(sysconf(_SC_CLK_TCK));
  // user nice system idle iowait irq softirq steal; guest time is in user already
  for (int field = 0; field < 8; ++field) {
    double ticks = 0;
    line >> ticks;
    out.total_us += ticks * us_per_tick;
    if (field == 3 || field == 4) out.idle_us += ticks * us_per_tick;
    if (field == 7) out.stolen_us = ticks * us_per_tick;
  }
  return out;
}

auto own_cpu() -> process_stats {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  process_stats out;
  out.user_us =
      static_cast<double>(used.ru_utime.tv_sec) * 1e6 + static_cast<double>(used.ru_utime.tv_usec);
  out.system_us =
      static_cast<double>(used.ru_stime.tv_sec) * 1e6 + static_cast<double>(used.ru_stime.tv_usec);
  out.voluntary_switches = static_cast<std::uint64_t>(used.ru_nvcsw);
  return out;
}

auto difference(const process_stats& later, const process_stats& earlier) -> process_stats {
  auto out = later;
  out.user_us -= earlier.user_us;
  out.system_us -= earlier.system_us;
  out.voluntary_switches -= earlier.voluntary_switches;
  out.involuntary_switches -= earlier.involuntary_switches;
  return out;
}

}  // namespace parley::bench
