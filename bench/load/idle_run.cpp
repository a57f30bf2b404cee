#include "bench/load/idle_run.hpp"

#include "bench/measure/clock.hpp"

namespace parley::bench {
namespace {

constexpr double settle_seconds = 2;

}  // namespace

idle_run::idle_run(const options& opts) : options_(opts), pool_(opts, opts.idle, *this) {}

auto idle_run::run() -> idle_result {
  idle_result out;
  out.before = pool_.usage_now();
  pool_.open_all();
  rest(settle_seconds);
  out.settled = pool_.usage_now();
  rest(options_.seconds);
  out.end = pool_.usage_now();
  return out;
}

void idle_run::rest(double seconds) {
  const auto end = now_ns() + to_ns(seconds);
  while (now_ns() < end) pool_.poll(end);
}

}  // namespace parley::bench
