#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "app/doors.hpp"
#include "app/hard_end.hpp"
#include "app/server.hpp"
#include "app/service_manager.hpp"
#include "config/keys.hpp"
#include "config/load.hpp"
#include "config/secret_flags.hpp"
#include "config/warnings.hpp"
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

struct command {
  std::string_view path;     ///< "migrate up"
  std::string_view summary;  ///< one line
  std::string_view more;     ///< what --help says besides
};

constexpr std::array<command, 7> commands{{
    {"serve", "run the server",
     "Brings the schema of SQLite up to date, and that of MySQL with storage.migrate_on_start. SIGTERM\n"
     "drains and ends it, SIGHUP reads certificate, keys, limits and log level again. Exit status: 0 in\n"
     "order, 1 it could not start, 70 a part of it ended, 75 the drain left something."},
    {"migrate status", "which schema steps the database has", ""},
    {"migrate plan", "the SQL that `migrate up` would run", ""},
    {"migrate up", "bring the database schema up to date", ""},
    {"config print", "every setting, its value and where it came from", "Secrets are masked."},
    {"config check", "whether the settings make sense, and what is unwise",
     "Looks at no database and no certificate: parleyctl check does."},
    {"version", "print the version", ""},
}};

constexpr std::string_view foot = R"(
Settings: docs/configuration.md. Each key is a TOML key, a PARLEY_SECTION__KEY variable and a flag.
)";

/// All commands, or those of a group ("migrate"), or one.
auto help_text(std::string_view about) -> std::string {
  std::string text = "usage: parleyd ";
  text += about.empty() ? "<command>" : about;
  text += " [--config FILE] [--section.key=value ...]\n\n";
  for (const auto& each : commands) {
    if (each.path == about)
      return text + std::string{each.summary} + '\n' + (each.more.empty() ? "" : "\n" + std::string{each.more} + '\n') + std::string{foot};
    if (!about.empty() && !each.path.starts_with(std::string{about} + ' ')) continue;
    text += "  " + std::string{each.path} + std::string(18 - each.path.size(), ' ') + std::string{each.summary} + '\n';
  }
  return text + std::string{foot};
}

auto is_help(std::string_view word) -> bool { return word == "--help" || word == "-h"; }

/// What the first words name, "" when it is no command; "migrate" alone is none.
auto command_of(const std::vector<std::string>& words) -> std::string_view {
  for (const auto& each : commands) {
    if (words.front() == each.path) return each.path;
    if (words.size() > 1 && words[0] + ' ' + words[1] == each.path) return each.path;
  }
  return {};
}

auto is_group(const std::string& word) -> bool { return word == "migrate" || word == "config"; }

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
      for (const auto& warning : config::warnings(settings)) spdlog::warn("{}", warning);
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
  const bool is_done = std::all_of(steps->begin(), steps->end(), [](const auto& step) { return step.applied; });
  if (what == "plan" && is_done) std::cout << "-- nothing to do\n";
  for (const auto& step : *steps) {
    if (what == "plan" && step.applied) continue;
    std::cout << (what == "plan" ? "-- " : "") << step.version << ' ' << step.name << ": "
              << (!step.checksum_matches ? "CHANGED" : step.applied ? "applied" : "missing") << '\n';
    if (what == "plan") std::cout << step.sql << '\n';
  }
  return 0;
}

/// What the settings would be warned of at a start.
auto check_settings(const config::loaded& settings) -> int {
  for (const auto& warning : config::warnings(settings)) std::cout << "warning: " << warning << '\n';
  std::cout << "the settings make sense\n";
  return 0;
}

auto run(std::vector<std::string> words) -> int {
  if (words.empty() || is_help(words.front()) || words.front() == "help")
    return std::cout << help_text(""), 0;
  if (words.front() == "--version" || words.front() == "-V") words.front() = "version";
  const auto path = command_of(words);
  const auto rest = words.begin() + 1 + std::count(path.begin(), path.end(), ' ');
  const bool asks = std::any_of(words.begin() + 1, words.end(), is_help);
  if (asks && (!path.empty() || is_group(words.front())))
    return std::cout << help_text(path.empty() ? words.front() : path), 0;
  if (path.empty()) {
    std::cerr << "parleyd: unknown command '" << words.front()
              << (is_group(words.front()) && words.size() > 1 ? " " + words[1] : "") << "'; see parleyd help\n";
    return 2;
  }
  if (path == "version") return std::cout << "parleyd " PARLEY_VERSION "\n", 0;
  words.erase(words.begin(), rest);
  const auto loaded = config::load(config::from_process(words));
  if (!loaded) return complain(loaded.error());
  if (path == "serve") return serve(*loaded, words);
  if (path == "config print") return std::cout << config::print(*loaded), 0;
  if (path == "config check") return check_settings(*loaded);
  return migrate(loaded->values, std::string{path.substr(path.find(' ') + 1)});
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
