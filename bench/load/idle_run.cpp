#include "bench/load/idle_run.hpp"

#include "bench/measure/clock.hpp"

namespace parley::bench {
namespace {

constexpr double settle_seconds = 2;

}  // namespace

idle_run::idle_run(const options& opts) : options_(opts), pool_(opts, opts.idle, *this) {}

auto idle_run::run() -> idle_result {
  idle_result out;
  out.before = take_usage();
  pool_.open_all();
  rest(settle_seconds);
  out.settled = take_usage();
  rest(options_.seconds);
  out.end = take_usage();
  return out;
}

void idle_run::rest(double seconds) {
  const auto end = now_ns() + to_ns(seconds);
  while (now_ns() < end) pool_.poll(end);
}

auto idle_run::take_usage() -> usage {
  usage out;
  out.server = read_process(options_.server_pid);
  out.database = read_process(options_.database_pid);
  out.client = own_cpu();
  out.machine = read_machine();
  out.waited_ns = pool_.waited_ns();
  out.bytes_read = pool_.io().counts.bytes_read;
  out.at = now_ns();
  return out;
}

}  // namespace parley::bench
