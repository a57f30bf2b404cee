#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "chat/expected.hpp"
#include "config/options.hpp"

namespace parley::config {

/// Where settings come from; later ones win: defaults, file, environment, flags.
struct sources {
  /// Read when it exists and no `--config FILE` is among the flags; that one must exist.
  std::filesystem::path default_file = "/etc/parleyd/parleyd.toml";
  /// Variables of the process. Those with PARLEY_ in front must be known: PARLEY_HTTP__PORT is
  /// http.port, PARLEY_DELIVERY is delivery; a secret also as PARLEY_AUTH__HS256_SECRET_FILE.
  std::map<std::string, std::string> environment;
  /// Words after the sub-command: `--http.port=8080`, `--http.port 8080`, `--config FILE`.
  std::vector<std::string> flags;
  /// PARLEY_ variables that belong to something else and are skipped; a '*' at the end stands for
  /// any rest.
  std::vector<std::string> other_variables = {"PARLEY_FAIL", "PARLEY_TEST_*"};
};

/// One key as it ended up.
struct origin_line {
  std::string key;     ///< "http.port"
  std::string value;   ///< in TOML spelling, secrets masked
  std::string origin;  ///< "default", "file PATH:LINE", "env NAME" or "flag"
};

struct loaded {
  options values;
  std::vector<origin_line> origins;  ///< every key, in the order of the example file
};

/// Reads and merges all sources, then checks values and rules between keys. Reads files only.
///
/// @returns options of which every value is within its bounds
/// @errors errc::bad_request with one sentence that names the key, where it was set, the value (not
///   of a secret) and what is allowed; for an unknown name, the nearest known one
/// @thread any; blocking, for start-up
/// @source Q-33
auto load(const sources& from) -> chat::expected<loaded>;

/// Sources of this process: its environment, `flags` and the default file.
auto from_process(std::vector<std::string> flags) -> sources;

/// `parleyd config print`: a line per key, "http.port = 8080  # flag". Valid TOML; secrets masked.
auto print(const loaded& what) -> std::string;

/// The text of config/parley.example.toml: every key with its doc, bounds and default.
auto example() -> std::string;

/// Rules that bind two keys, or the form of a text; bounds of single numbers are in the table.
/// @errors errc::bad_request with the sentence and the name of the key in front
auto check_rules(const options& values) -> chat::expected<void>;

}  // namespace parley::config
