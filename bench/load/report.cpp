#include "bench/load/report.hpp"

#include <array>
#include <cstdio>

#include "bench/measure/clock.hpp"

namespace parley::bench {
namespace {

constexpr double busy_limit = 0.85;              // of one core: above it the client is the limit
constexpr std::size_t unread_limit = 64 * 1024;  // bytes on one connection: the client lags
constexpr double ns_per_us = 1e3;

auto share(double part, double whole) -> double {
  return whole > 0 ? part / whole : 0;
}

void add_process(report& out, const std::string& name, const process_stats& used,
                 const load_result& result) {
  const auto messages = static_cast<double>(result.messages);
  add_costs(out, name, used, "delivery", static_cast<double>(result.deliveries));
  add_costs(out, name, used, "message", messages);
  out.add(name + "_voluntary_switches_per_message",
          share(static_cast<double>(used.voluntary_switches), messages));
  out.add(name + "_resident_bytes", static_cast<double>(used.resident_bytes));
}

void add_client(report& out, const usage& begin, const usage& end) {
  const auto wall_ns = static_cast<double>(end.at - begin.at);
  const auto cpu_us = difference(end.client, begin.client).cpu_us();
  const auto busy = share(cpu_us * ns_per_us, wall_ns);
  out.add("client_busy_share", busy);
  out.add("client_epoll_share",
          share(static_cast<double>(end.waited_ns - begin.waited_ns), wall_ns));
  out.add("client_was_limit", busy > busy_limit ? 1 : 0);
}

void add_machine(report& out, const usage& begin, const usage& end) {
  const auto total = end.machine.total_us - begin.machine.total_us;
  const auto idle = end.machine.idle_us - begin.machine.idle_us;
  const auto server_us = difference(end.server, begin.server).cpu_us();
  out.add("machine_busy_share", share(total - idle, total));
  out.add("machine_stolen_share", share(end.machine.stolen_us - begin.machine.stolen_us, total));
  out.add("server_busy_cores",
          share(server_us * ns_per_us, static_cast<double>(end.at - begin.at)));
}

void add_shape(report& out, const options& opts) {
  out.add("rooms", opts.rooms);
  out.add("members", opts.members);
  out.add("in_flight", opts.in_flight);
  out.add("message_bytes", opts.bytes);
  out.add("rate", opts.rate);
}

void print_process(const char* title, const std::string& name, const report& r) {
  const auto value = [&](const char* what) { return r.figure(name + what); };
  std::printf(
      "%-9s CPU %.2f us per delivery (user %.2f, system %.2f), %.1f us and %.1f sleeps per "
      "message, %.1f MB\n",
      title, value("_cpu_us_per_delivery"), value("_user_us_per_delivery"),
      value("_system_us_per_delivery"), value("_cpu_us_per_message"),
      value("_voluntary_switches_per_message"), value("_resident_bytes") / 1e6);
}

void print_latency(const char* title, const std::string& name, const report& r) {
  std::printf("%-9s us p50 %.0f, p99 %.0f, p999 %.0f, max %.0f\n", title,
              r.figure(name + "_p50_us"), r.figure(name + "_p99_us"), r.figure(name + "_p999_us"),
              r.figure(name + "_max_us"));
}

void print_client(const report& r) {
  std::printf(
      "client    %.0f %% of one core, %.0f %% of the time in epoll, %.2f us per delivery; most "
      "unread on one connection %.0f bytes\n",
      r.figure("client_busy_share") * 100, r.figure("client_epoll_share") * 100,
      r.figure("client_cpu_us_per_delivery"), r.figure("client_largest_read_bytes"));
  std::printf("machine   all processors %.0f %% busy, %.2f cores by the server\n",
              r.figure("machine_busy_share") * 100, r.figure("server_busy_cores"));
  const bool lagged = r.figure("client_largest_read_bytes") > unread_limit;
  if (r.figure("client_was_limit") != 0)
    std::puts("THE CLIENT WAS THE LIMIT: over 85 % of a core");
  else if (lagged)
    std::puts("the client lagged: more than 64 KiB waited on one connection");
  else
    std::puts("the client was not the limit; all deliveries checked");
}

}  // namespace

void add_costs(report& out, const std::string& name, const process_stats& used,
               const std::string& unit, double count) {
  out.add(name + "_cpu_us_per_" + unit, share(used.cpu_us(), count));
  out.add(name + "_user_us_per_" + unit, share(used.user_us, count));
  out.add(name + "_system_us_per_" + unit, share(used.system_us, count));
}

void add_latency(report& out, const std::string& name, const histogram& times) {
  const auto us = [](std::int64_t ns) { return static_cast<double>(ns) / ns_per_us; };
  out.add(name + "_p50_us", us(times.percentile(0.5)));
  out.add(name + "_p99_us", us(times.percentile(0.99)));
  out.add(name + "_p999_us", us(times.percentile(0.999)));
  out.add(name + "_max_us", us(times.max()));
}

void add_surroundings(report& out, const usage& begin, const usage& end) {
  add_client(out, begin, end);
  add_machine(out, begin, end);
}

auto report::figure(std::string_view name) const -> double {
  for (const auto& [key, value] : figures_) {
    if (key == name) return value;
  }
  return 0;
}

auto report::to_json() const -> std::string {
  std::string out = "{";
  std::array<char, 64> number{};
  for (const auto& [key, value] : figures_) {
    std::snprintf(number.data(), number.size(), "%.10g", value);
    out += (out.size() > 1 ? ",\n " : "\n ") + ("\"" + key + "\": ") + number.data();
  }
  return out + "\n}\n";
}

auto make_report(const options& opts, const load_result& result) -> report {
  report out;
  add_shape(out, opts);
  const auto seconds = static_cast<double>(result.end.at - result.begin.at) / ns_per_second;
  const auto deliveries = static_cast<double>(result.deliveries);
  const auto read = static_cast<double>(result.end.bytes_read - result.begin.bytes_read);
  out.add("seconds", seconds);
  out.add("deliveries", deliveries);
  out.add("messages", static_cast<double>(result.messages));
  out.add("deliveries_per_s", deliveries / seconds);
  out.add("messages_per_s", static_cast<double>(result.messages) / seconds);
  out.add("never_begun", static_cast<double>(result.never_begun));
  out.add("other_events_per_delivery", share(static_cast<double>(result.other_events), deliveries));
  out.add("bytes_per_delivery", share(read, deliveries));
  out.add("reads_per_delivery",
          share(static_cast<double>(result.end.reads - result.begin.reads), deliveries));
  add_latency(out, "delivery", result.delivery_latency);
  add_latency(out, "ack", result.ack_latency);
  add_process(out, "server", difference(result.end.server, result.begin.server), result);
  add_process(out, "database", difference(result.end.database, result.begin.database), result);
  add_process(out, "client", difference(result.end.client, result.begin.client), result);
  add_surroundings(out, result.begin, result.end);
  out.add("client_largest_read_bytes", static_cast<double>(result.largest_read));
  return out;
}

auto make_report(const options& opts, const idle_result& result) -> report {
  report out;
  const auto growth = static_cast<double>(result.settled.server.resident_bytes) -
                      static_cast<double>(result.before.server.resident_bytes);
  const auto seconds =
      static_cast<double>(result.end.at - result.settled.at) / static_cast<double>(ns_per_second);
  const auto opening = difference(result.settled.server, result.before.server);
  const auto idling = difference(result.end.server, result.settled.server);
  out.add("idle_connections", opts.idle);
  out.add("seconds", seconds);
  out.add("server_bytes_per_connection", growth / opts.idle);
  out.add("server_resident_bytes_before", static_cast<double>(result.before.server.resident_bytes));
  out.add("server_resident_bytes", static_cast<double>(result.settled.server.resident_bytes));
  out.add("server_resident_bytes_end", static_cast<double>(result.end.server.resident_bytes));
  out.add("server_open_cpu_us_per_connection", opening.cpu_us() / opts.idle);
  out.add("server_idle_cpu_ms_per_s", idling.cpu_us() / 1e3 / seconds);
  out.add("server_idle_switches_per_s", static_cast<double>(idling.voluntary_switches) / seconds);
  add_surroundings(out, result.settled, result.end);
  return out;
}

void print_load(const options& opts, const report& r) {
  std::printf("%u rooms x %u members, %s, %u bytes, %.1f s\n", opts.rooms, opts.members,
              opts.rate > 0 ? "open loop" : (std::to_string(opts.in_flight) + " in flight").c_str(),
              opts.bytes, r.figure("seconds"));
  std::printf(
      "%.0f deliveries (%.0f/s), %.0f messages (%.0f/s); per delivery %.1f bytes, %.2f reads, "
      "%.2f other events\n",
      r.figure("deliveries"), r.figure("deliveries_per_s"), r.figure("messages"),
      r.figure("messages_per_s"), r.figure("bytes_per_delivery"), r.figure("reads_per_delivery"),
      r.figure("other_events_per_delivery"));
  if (opts.rate > 0) {
    std::printf("%.0f messages were due and never sent: above 0 the rate was too high\n",
                r.figure("never_begun"));
  }
  print_latency("delivery", "delivery", r);
  print_latency("ack", "ack", r);
  if (opts.server_pid != 0) print_process("server", "server", r);
  if (opts.database_pid != 0) print_process("database", "database", r);
  print_client(r);
}

void print_idle(const options& opts, const report& r) {
  std::printf("%u idle connections, %.1f s\n", opts.idle, r.figure("seconds"));
  std::printf("server    %.0f bytes per connection (%.1f -> %.1f MB, %.1f MB at the end)\n",
              r.figure("server_bytes_per_connection"),
              r.figure("server_resident_bytes_before") / 1e6,
              r.figure("server_resident_bytes") / 1e6, r.figure("server_resident_bytes_end") / 1e6);
  std::printf("server    %.1f us CPU to open one; idle %.2f ms CPU and %.1f sleeps per second\n",
              r.figure("server_open_cpu_us_per_connection"), r.figure("server_idle_cpu_ms_per_s"),
              r.figure("server_idle_switches_per_s"));
}

void print_all(const report& figures) {
  for (const auto& [name, value] : figures.all()) std::printf("%-44s %.6g\n", name.c_str(), value);
  if (figures.figure("client_was_limit") != 0) std::puts("THE CLIENT WAS THE LIMIT");
}

}  // namespace parley::bench
