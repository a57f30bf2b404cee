#include "app/ctl/check.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <ostream>

#include "app/ctl/certificate.hpp"
#include "app/ctl/output.hpp"
#include "app/ctl/workplace.hpp"
#include "config/warnings.hpp"
#include "net/auth/jwt.hpp"
#include "storage/open.hpp"
#include "storage/schema.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;
namespace fs = std::filesystem;

constexpr std::int64_t two_weeks_ms = 14LL * 24 * 3'600 * 1'000;

/// What was looked at, in order.
class findings {
 public:
  void good(const char* what, std::string detail) { add(what, "ok", std::move(detail)); }
  void warn(const char* what, std::string detail) { add(what, "warning", std::move(detail)); }
  void bad(const char* what, std::string detail) {
    ++errors_;
    add(what, "error", std::move(detail));
  }
  /// "" is no warning.
  void warn_if(const char* what, std::string detail) {
    if (!detail.empty()) warn(what, std::move(detail));
  }
  auto errors() const -> int { return errors_; }

  void print(workplace& at) const {
    print_rows(at.out(), rows_, at.args.json, {"result", "what", "detail"}, "");
  }

 private:
  void add(const char* what, const char* result, std::string detail) {
    rows_.push_back({{"what", what}, {"result", result}, {"detail", std::move(detail)}});
  }

  json rows_ = json::array();
  int errors_ = 0;
};

void check_sign_in(const config::options& options, findings& found) {
  const auto made = net::auth::verifier::make(options.auth);
  if (!made) return found.bad("sign-in", made.error().detail);
  found.good("sign-in", "keys and secret can be used");
}

void check_certificate(workplace& at, const config::options& options, findings& found) {
  if (options.http.tls_certificate.empty()) return;
  const auto ends = read_certificate(options.http);
  if (!ends) return found.bad("certificate", ends.error().detail);
  const auto when = to_iso8601(*ends);
  if (ends->ms < at.now().ms + two_weeks_ms) return found.warn("certificate", "it ends at " + when);
  found.good("certificate", "good until " + when);
}

/// @returns whether a store can be opened with them
auto check_keys(workplace& at, const config::options& options, findings& found) -> bool {
  const auto texts = at.texts();
  if (!texts) return found.bad("encryption", texts.error().detail), false;
  found.warn_if("encryption", storage::key_file_warning(options.encryption));
  if ((*texts)->seals()) found.good("encryption", "texts and local files are stored encrypted");
  return true;
}

/// Why nothing can be made at `path` or in it; empty: it can.
auto obstacle_of(const std::string& path) -> std::string {
  std::error_code ignored;
  auto nearest = fs::absolute(path, ignored);
  while (!fs::exists(nearest, ignored) && nearest.has_relative_path())
    nearest = nearest.parent_path();
  if (fs::is_directory(nearest, ignored) && ::access(nearest.c_str(), W_OK | X_OK) == 0) return {};
  return nearest.string() + ": " +
         std::strerror(fs::is_directory(nearest, ignored) ? errno : ENOTDIR);
}

/// An embedded database is made by the server. @returns whether there is one to look into
auto is_there(const config::options& options, findings& found) -> bool {
  if (!storage::is_embedded(options.storage)) return true;
  const fs::path file{options.storage.url.substr(std::strlen("sqlite:"))};
  std::error_code ignored;
  if (fs::exists(file, ignored)) return true;
  if (const auto why = obstacle_of(file.parent_path().string()); !why.empty())
    found.bad("database", file.string() + " cannot be made: " + why);
  else
    found.good("database", file.string() + " is not there yet: serve makes it");
  return false;
}

void check_schema(const config::options& options, findings& found) {
  const auto steps = storage::migration_status(options.storage);
  if (!steps) return found.bad("schema", steps.error().detail);
  const auto version = storage::check_steps(*steps);
  if (version) return found.good("schema", "version " + std::to_string(*version));
  const bool is_changed = std::any_of(steps->begin(), steps->end(),
                                      [](const auto& step) { return !step.checksum_matches; });
  const bool is_served = storage::is_embedded(options.storage) || options.storage.migrate_on_start;
  if (is_served && !is_changed) return found.good("schema", "behind: serve brings it up to date");
  found.bad("schema", version.error().detail);
}

void check_database(workplace& at, const config::options& options, findings& found) {
  if (!is_there(options, found)) return;
  const auto store = at.store();
  if (!store) return found.bad("database", store.error().detail);
  if (const auto alive = (*store)->ping(); !alive)
    return found.bad("database", shown_url(options.storage) + ": " + alive.error().detail);
  found.good("database", shown_url(options.storage));
  found.warn_if("database", (*store)->durability_warning());
  found.warn_if("database", storage::database_file_warning(options.storage));
  check_schema(options, found);
  if (const auto readable = (*store)->check_texts();
      !readable && readable.error().code != errc::unavailable)
    found.bad("texts", readable.error().detail);
}

void check_files(const config::options& options, findings& found) {
  if (options.attachments.store != "local") return;
  const auto& folder = options.attachments.directory;
  if (const auto why = obstacle_of(folder); !why.empty())
    return found.bad("files", "attachments.directory: " + why);
  std::error_code ignored;
  found.good("files",
             folder + (fs::exists(folder, ignored) ? "" : " is not there yet: serve makes it"));
}

}  // namespace

auto check_all(workplace& at) -> chat::expected<void> {
  findings found;
  const auto settings = at.settings();
  if (!settings) {
    found.bad("settings", settings.error().detail);
  } else {
    const auto& options = (*settings)->values;
    found.good("settings", "every key is known and within its bounds");
    for (const auto& warning : config::warnings(**settings)) found.warn("settings", warning);
    check_sign_in(options, found);
    check_certificate(at, options, found);
    if (check_keys(at, options, found)) check_database(at, options, found);
    check_files(options, found);
  }
  found.print(at);
  if (found.errors() == 0) return {};
  return unexpected{errc::conflict, std::to_string(found.errors()) +
                                        (found.errors() == 1 ? " thing keeps" : " things keep") +
                                        " parleyd from starting, see above"};
}

}  // namespace parley::app::ctl
