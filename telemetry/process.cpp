#include "telemetry/process.hpp"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace parley::telemetry {
namespace {

auto seconds(const timeval& time) -> double {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

auto count_fds() -> double {
  auto* folder = opendir("/proc/self/fd");
  if (!folder) return 0;
  double count = -3;  // ".", ".." and the folder's own descriptor
  while (readdir(folder)) ++count;
  closedir(folder);
  return count;
}

/// Field 22 of /proc/self/stat, in ticks after boot; the name in field 2 may hold spaces.
auto start_ticks() -> double {
  std::ifstream file{"/proc/self/stat"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  const auto close = text.rfind(')');
  if (close == std::string::npos) return 0;
  std::istringstream fields{text.substr(close + 1)};
  std::string field;
  for (int number = 3; number <= 22; ++number) fields >> field;
  return fields ? std::strtod(field.c_str(), nullptr) : 0;
}

auto boot_seconds() -> double {
  std::ifstream file{"/proc/stat"};
  std::string line;
  while (std::getline(file, line))
    if (line.starts_with("btime ")) return std::strtod(line.c_str() + 6, nullptr);
  return 0;
}

auto start_seconds() -> double {
  // It does not change, and the search in /proc/stat is long on machines with many cores.
  static const double start =
      boot_seconds() + start_ticks() / static_cast<double>(sysconf(_SC_CLK_TCK));
  return start;
}

auto family(const char* name, const char* help, prometheus::MetricType type, double value)
    -> prometheus::MetricFamily {
  prometheus::ClientMetric metric;
  if (type == prometheus::MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
  return {name, help, type, {metric}};
}

}  // namespace

auto read_process() -> process_figures {
  process_figures figures;
  double pages_virtual = 0;
  double pages_resident = 0;
  std::ifstream{"/proc/self/statm"} >> pages_virtual >> pages_resident;
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  figures.virtual_bytes = pages_virtual * page;
  figures.resident_bytes = pages_resident * page;
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0)
    figures.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) figures.max_fds = static_cast<double>(limit.rlim_cur);
  figures.open_fds = count_fds();
  figures.start_seconds = start_seconds();
  return figures;
}

auto process_families(const process_figures& figures) -> std::vector<prometheus::MetricFamily> {
  constexpr auto gauge = prometheus::MetricType::Gauge;
  return {
      family("process_resident_memory_bytes", "Resident memory", gauge, figures.resident_bytes),
      family("process_virtual_memory_bytes", "Address space", gauge, figures.virtual_bytes),
      family("process_cpu_seconds_total", "User and system time since the start",
             prometheus::MetricType::Counter, figures.cpu_seconds),
      family("process_open_fds", "Open file descriptors", gauge, figures.open_fds),
      family("process_max_fds", "Most file descriptors that may be open", gauge, figures.max_fds),
      family("process_start_time_seconds", "Start, seconds since 1970", gauge,
             figures.start_seconds),
  };
}

}  // namespace parley::telemetry
