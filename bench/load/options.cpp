#include "bench/load/options.hpp"

#include <CLI/CLI.hpp>

#include "bench/measure/clock.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

void add_target(CLI::App& app, options& out) {
  app.add_option("--url", out.url, "host:port of the server")->capture_default_str();
  app.add_option("--protocol", out.protocol, "How the server is spoken to")
      ->check(CLI::IsMember(
          {"hub", "binary-hub", "unnumbered-hub", "nchan", "nats", "socketio", "xmpp"}));
  app.add_option("--transport", out.transport, "What carries it")
      ->check(CLI::IsMember({"websocket", "sse", "poll"}));
  app.add_flag("--tls", out.tls, "The server speaks TLS");
  app.add_option("--hub-path", out.hub_path, "Path of the hub")->capture_default_str();
  app.add_option("--secret", out.secret, "HS256 secret that signs the tokens");
  app.add_option("--issuer", out.issuer, "iss of the tokens");
  app.add_option("--audience", out.audience, "aud of the tokens");
  app.add_option("--user-prefix", out.user_prefix, "Users are called this and a number");
  app.add_flag("--negotiate", out.negotiate, "POST negotiate before every upgrade");
  app.add_option("--connect-per-s", out.connects_per_second, "Ramp of the set-up")
      ->check(CLI::Range(1, 100000));
}

void add_load(CLI::App& app, options& out) {
  app.add_option("--scenario", out.scenario, "What the members do")
      ->check(CLI::IsMember({"rooms", "storm", "presence", "typing", "chats", "day", "active"}));
  app.add_option("--rooms", out.rooms, "Rooms")->check(CLI::Range(1, 100000));
  app.add_option("--members", out.members, "Members of each room")->check(CLI::Range(1, 100000));
  app.add_option("--in-flight", out.in_flight, "Messages in flight per room")
      ->check(CLI::Range(1, 1024));
  app.add_option("--bytes", out.bytes, "Length of a message")->check(CLI::Range(40, 5000));
  app.add_option("--seconds", out.seconds, "Measured time")->check(CLI::PositiveNumber);
  app.add_option("--warmup", out.warmup, "Time under load before it");
  app.add_option("--rate", out.rate, "Open loop: messages/s over all rooms");
  app.add_flag("--direct", out.direct, "Rooms are direct conversations of two");
  app.add_option("--history", out.history, "storm: messages in each room before it")
      ->check(CLI::Range(1, 500));
  app.add_option("--seed", out.seed, "day: of its model");
  app.add_option("--idle", out.idle, "Hold so many idle connections instead");
  app.add_option("--ping-s", out.ping_seconds, "Seconds between pings of a connection; 0 = none");
  app.add_option(
      "--read-gap-us", out.read_gap_us,
      "Read at most once per so many us, so that deliveries do not each wake the client");
  app.add_option("--stall-s", out.stall_seconds, "No progress for so long counts as a loss");
}

void add_report(CLI::App& app, options& out) {
  app.add_option("--server-pid", out.server_pid, "Account this process as the server");
  app.add_option("--db-pid", out.database_pid, "Account this process as the database");
  app.add_option("--json", out.json_file, "Write the figures to this file");
  app.add_flag("--phases", out.phases, "Say on stdout what begins, and wait for a line on stdin");
  app.add_flag("--quiet", out.quiet, "Print failures only");
}

}  // namespace

auto read_options(int argc, char** argv) -> std::optional<options> {
  options out;
  CLI::App app(
      "Opens rooms over the real protocol, keeps messages in flight, checks and times "
      "every delivery.",
      "parley-load");
  add_target(app, out);
  add_load(app, out);
  add_report(app, out);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (app.exit(error) == 0) return std::nullopt;
    cannot_run("see parley-load --help");
  }
  if (out.direct && out.members != 2) cannot_run("--direct needs --members 2");
  if (out.scenario != "rooms" && (out.protocol != "hub" || out.transport != "websocket"))
    cannot_run("this scenario speaks the JSON hub protocol over WebSocket only");
  if (out.user_prefix.empty()) out.user_prefix = "load-" + std::to_string(now_ns() / 1000000) + "-";
  return out;
}

}  // namespace parley::bench
