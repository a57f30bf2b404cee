#include "config/load.hpp"

#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "config/readers.hpp"

namespace parley::config {
namespace {

using chat::errc;
using chat::unexpected;

constexpr std::size_t max_shown_bytes = 100;

/// Secrets are not repeated, not even wrong ones.
auto show(const setting& given) -> std::string {
  const auto* text = std::get_if<std::string>(&given.value);
  if (!text || given.which->hidden != secrecy::none) return "this value";
  return '"' + text->substr(0, max_shown_bytes) + '"';
}

/// Options under construction, and who set what.
class merger {
 public:
  merger() : origins_(keys().size(), "default") {}

  auto apply(const std::vector<setting>& settings) -> chat::expected<void> {
    for (const auto& given : settings) {
      if (!assign(*given.which, values_, given.value))
        return unexpected{errc::bad_request, given.origin + ": " + std::string{given.which->name} +
                                                 " takes " + describe(*given.which) + ", not " +
                                                 show(given)};
      origins_[index(given.which->name)] = given.origin;
    }
    return {};
  }

  auto finish() const -> chat::expected<loaded> {
    if (const auto sound = check_rules(values_); !sound) return blame(sound.error().detail);
    loaded result{values_, {}};
    result.values.metrics.is_port_set = origins_[index("metrics.port")] != "default";
    for (const auto& each : keys())
      result.origins.push_back(
          {std::string{each.name}, format_masked(each, values_), origins_[index(each.name)]});
    return result;
  }

 private:
  static auto index(std::string_view name) -> std::size_t {
    return static_cast<std::size_t>(find_key(name) - keys().data());
  }

  /// A broken rule starts with the name of its key; that key's origin goes in front.
  auto blame(const std::string& rule) const -> unexpected {
    const auto* which = find_key(std::string_view{rule}.substr(0, rule.find(' ')));
    const auto where = which ? origins_[index(which->name)] + ": " : std::string{};
    return unexpected{errc::bad_request, where + rule};
  }

  options values_;
  std::vector<std::string> origins_;
};

auto file_settings(const sources& from, const std::string& named)
    -> chat::expected<std::vector<setting>> {
  if (!named.empty()) return read_file(named);
  std::error_code ignored;
  if (!std::filesystem::exists(from.default_file, ignored)) return std::vector<setting>{};
  return read_file(from.default_file);
}

/// One doc block of the example file; the default stands below it.
auto comment_of(const key& which) -> std::string {
  std::string text = "# ";
  for (const char c : which.doc) text += c == '\n' ? std::string{"\n# "} : std::string{c};
  const auto takes = describe(which);
  const bool says_more = takes != "text" && takes != "a list of texts" && takes != "true or false";
  return text + (says_more ? "\n# Takes " + takes + ".\n" : "\n");
}

}  // namespace

auto load(const sources& from) -> chat::expected<loaded> {
  const auto flags = read_flags(from.flags);
  if (!flags) return unexpected{flags.error().code, flags.error().detail};
  const auto file = file_settings(from, flags->file);
  if (!file) return unexpected{file.error().code, file.error().detail};
  const auto variables = read_environment(from.environment, from.other_variables);
  if (!variables) return unexpected{variables.error().code, variables.error().detail};
  merger merged;
  for (const auto* settings : {&*file, &*variables, &flags->settings})
    if (const auto done = merged.apply(*settings); !done)
      return unexpected{done.error().code, done.error().detail};
  return merged.finish();
}

auto from_process(std::vector<std::string> flags) -> sources {
  sources from;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view pair{*entry};
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || !pair.starts_with("PARLEY_")) continue;
    from.environment.emplace(pair.substr(0, equals), pair.substr(equals + 1));
  }
  from.flags = std::move(flags);
  return from;
}

auto print(const loaded& what) -> std::string {
  std::string text;
  for (const auto& line : what.origins)
    text += line.key + " = " + line.value + "  # " + line.origin + "\n";
  return text;
}

auto example() -> std::string {
  std::string text =
      "# Every setting of parleyd, with its default. Each is also a variable (http.port is\n"
      "# PARLEY_HTTP__PORT) and a flag (--http.port=8080); flags win over variables, variables\n"
      "# over this file. Secrets can also come from a file: PARLEY_AUTH__HS256_SECRET_FILE,\n"
      "# PARLEY_STORAGE__URL_FILE.\n";
  std::string_view section;
  for (const auto& each : keys()) {
    const auto dot = each.name.find('.');
    const auto here = dot == std::string_view::npos ? std::string_view{} : each.name.substr(0, dot);
    if (here != section) text += "\n[" + std::string{here} + "]\n";
    section = here;
    const auto name = here.empty() ? each.name : each.name.substr(dot + 1);
    text += "\n" + comment_of(each) + std::string{name} + " = " + format(each, {}) + "\n";
  }
  return text;
}

}  // namespace parley::config
