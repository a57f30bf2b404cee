#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/expected.hpp"
#include "config/value.hpp"

namespace parley::config {

/// One value somebody gave for a known key, not yet checked against its bounds.
struct setting {
  const key* which = nullptr;
  raw_value value;
  std::string origin;  ///< "file /etc/parleyd/parleyd.toml:12", "env PARLEY_HTTP__PORT" or "flag"
};

/// What the command line says: where the file is, and settings in the order given.
struct flag_settings {
  std::string file;  ///< of `--config`; empty: none given
  std::vector<setting> settings;
};

/// Settings of a TOML file, with their lines.
/// @errors errc::bad_request: no such file, not TOML (with line), unknown key, value of a wrong
/// type
auto read_file(const std::filesystem::path& path) -> chat::expected<std::vector<setting>>;

/// Settings of the variables that start with PARLEY_. A list is comma separated. A secret may come
/// from the file that its `_FILE` variable names; one line end after it is dropped. Variables
/// named in `others`, and those which Kubernetes makes for a service called "parley", are skipped.
/// @errors errc::bad_request: unknown variable, unreadable file, a secret given both ways
auto read_environment(const std::map<std::string, std::string>& variables,
                      const std::vector<std::string>& others)
    -> chat::expected<std::vector<setting>>;

/// Settings of `--http.port=8080`, `--http.port 8080`, `--auth.anonymous` (a bool alone is true)
/// and `--config FILE`. A list is comma separated; a flag repeated replaces what it said before.
/// @errors errc::bad_request: unknown flag, a value missing, a word that is no flag
auto read_flags(const std::vector<std::string>& words) -> chat::expected<flag_settings>;

/// A text from a variable or flag as its key takes it: split at commas for a list.
auto to_raw(const key& which, const std::string& text) -> raw_value;

/// The known name with the fewest edits (insert, erase, replace, swap of neighbours) to `wrong`.
/// @param known  not empty
auto nearest(std::string_view wrong, const std::vector<std::string>& known) -> std::string;

}  // namespace parley::config
