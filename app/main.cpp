#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "app/doors.hpp"
#include "app/hard_end.hpp"
#include "app/server.hpp"
#include "app/service_manager.hpp"
#include "config/keys.hpp"
#include "config/load.hpp"
#include "config/secret_flags.hpp"
#include "net/web/files.hpp"
#include "storage/open.hpp"
#include "telemetry/log.hpp"

/// Read by jemalloc: memory that became free goes back to the system also while nothing happens, as
/// when conversations have retired. MALLOC_CONF in the environment comes after it.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true";
}

namespace {

using namespace parley;

/// A bug ended the program, or a part that it cannot do without (EX_SOFTWARE).
constexpr int fault_exit = 70;

constexpr const char* usage =
    R"(usage: parleyd <command> [--config FILE] [--section.key=value ...]

  serve             run the server
  migrate status    which schema steps the database has
  migrate plan      the SQL that `migrate up` would run
  migrate up        bring the database schema up to date
  config print      every setting, its value and where it came from
  version           print the version

Settings: docs/configuration.md. Each key is a TOML key, a PARLEY_SECTION__KEY variable and a flag.
)";

auto complain(const chat::error& why) -> int {
  std::cerr << "parleyd: " << why.detail << '\n';
  return 1;
}

void print_welcome(const config::options& options, std::uint16_t port) {
  const auto base = app::url_of(options.http, port);
  std::cout << "Parley is listening on " << base << " (hub: " << base << "/hubs/chat)\n";
  if (options.http.web && !net::web::files().empty()) std::cout << "Chat in a browser: " << base << "/\n";
  if (options.auth.accounts)
    std::cout << "Get a token:\n"
                 "  curl -s " << base << "/auth/register -d '{\"userName\":\"ada\",\"password\":\"correct horse\"}'\n"
                 "  curl -s " << base << "/auth/token    -d '{\"userName\":\"ada\",\"password\":\"correct horse\"}'\n"
                 "Then connect any SignalR client with that token, or run docs/examples/hello.mjs.\n";
  else
    std::cout << "Sign-in: tokens of your identity provider (docs/configuration.md, auth).\n";
  std::cout << std::flush;
}

/// What a healthy start leaves in the log: who serves what, where. Secrets are masked.
void log_start(const config::loaded& settings, const app::server& server) {
  const auto& options = settings.values;
  const auto store = std::find_if(settings.origins.begin(), settings.origins.end(),
                                  [](const auto& line) { return line.key == "storage.url"; });
  spdlog::info("parleyd {} serves on {}:{}, store {}, schema {}", PARLEY_VERSION,
               options.http.address, server.port(), store->value, server.schema());
}

/// Every key that is new, and whether it takes effect now.
void tell_changes(const config::loaded& before, const config::loaded& now) {
  for (std::size_t i = 0; i < now.origins.size(); ++i) {
    const auto& [key, value, origin] = now.origins[i];
    if (value == before.origins[i].value) continue;
    const auto* effect = config::find_key(key)->hot ? "from now on" : "takes a restart";
    spdlog::info("reload: {} = {}, {}", key, value, effect);
  }
}

/// SIGHUP. Settings that do not make sense change nothing.
void reload(app::server& server, config::loaded& present, const std::vector<std::string>& flags) {
  spdlog::info("reloading");
  auto fresh = config::load(config::from_process(flags));
  if (!fresh) return spdlog::error("reload: {}; everything stays", fresh.error().detail);
  server.reload(fresh->values);
  tell_changes(present, *fresh);
  present = std::move(*fresh);
}

/// Each connection is a file: as many as the system lets this process open.
void raise_file_limit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

auto serve(const config::loaded& settings, const std::vector<std::string>& flags) -> int {
  const auto& options = settings.values;
  auto present = settings;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // every thread to come inherits this
  std::signal(SIGPIPE, SIG_IGN);
  raise_file_limit();
  telemetry::start_logging(options.log);
  int result = 0;
  {
    app::server server{options, [] { kill(getpid(), SIGTERM); }};
    if (auto started = server.start(); !started) {
      result = complain(started.error());
    } else {
      log_start(settings, server);
      print_welcome(options, server.port());
      app::tell_service_manager("READY=1");
      int received = 0;
      while (sigwait(&signals, &received) == 0 && received == SIGHUP) {
        app::tell_service_manager("RELOADING=1");
        reload(server, present, flags);
        app::tell_service_manager("READY=1");
      }
      app::tell_service_manager("STOPPING=1");
      spdlog::info("draining");
      if (!server.stop()) result = app::incomplete_exit;
      if (server.has_failed()) result = fault_exit;
      spdlog::info("stopped");
    }
  }
  telemetry::stop_logging();
  return result;
}

auto migrate(const config::options& options, const std::string& what) -> int {
  if (what == "up") {
    const auto applied = storage::migrate_up(options.storage);
    if (!applied) return complain(applied.error());
    if (applied->empty()) std::cout << "nothing to do\n";
    for (const int version : *applied) std::cout << "applied " << version << '\n';
    return 0;
  }
  const auto steps = storage::migration_status(options.storage);
  if (!steps) return complain(steps.error());
  for (const auto& step : *steps) {
    if (what == "plan" && step.applied) continue;
    std::cout << (what == "plan" ? "-- " : "") << step.version << ' ' << step.name << ": "
              << (!step.checksum_matches ? "CHANGED" : step.applied ? "applied" : "missing") << '\n';
    if (what == "plan") std::cout << step.sql << '\n';
  }
  return 0;
}

auto run(std::vector<std::string> words) -> int {
  const auto command = words.empty() ? std::string{"help"} : words.front();
  if (command == "help" || command == "--help" || command == "-h") return std::cout << usage, 0;
  if (command == "version" || command == "--version")
    return std::cout << "parleyd " PARLEY_VERSION "\n", 0;
  std::size_t used = 1;
  std::string what;
  if ((command == "migrate" || command == "config") && words.size() > 1) what = words[used++];
  const bool known = command == "serve" || (command == "config" && what == "print") ||
                     (command == "migrate" && (what == "status" || what == "plan" || what == "up"));
  if (!known) return std::cerr << usage, 2;
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(used));
  const auto loaded = config::load(config::from_process(words));
  if (!loaded) return complain(loaded.error());
  if (command == "serve") return serve(*loaded, words);
  if (command == "migrate") return migrate(loaded->values, what);
  return std::cout << config::print(*loaded), 0;
}

}  // namespace

auto main(int argc, char** argv) -> int {
  // Whatever is made here is the server's alone: texts, hashes of passwords, files.
  umask(077);
  try {
    std::vector<std::string> words{argv + 1, argv + argc};
    std::cerr << config::secret_flags_warning(config::hide_secrets({argv + 1, argv + argc}));
    return run(std::move(words));
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "parleyd: %s\n", bug.what());
    return fault_exit;
  }
}
