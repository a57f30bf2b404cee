#include <algorithm>
#include <fstream>
#include <iterator>

#include "config/readers.hpp"

namespace parley::config {
namespace {

using chat::errc;
using chat::unexpected;

constexpr std::string_view prefix = "PARLEY_";
constexpr std::string_view file_suffix = "_FILE";
constexpr std::size_t max_secret_bytes = 64 * 1024;

/// Kubernetes hands a pod in the namespace of a service "parley" these, asked or not.
auto is_from_kubernetes(std::string_view name, std::string_view value) -> bool {
  if (name == "PARLEY_PORT") return value.find("://") != std::string_view::npos;
  return name == "PARLEY_SERVICE_HOST" || name.starts_with("PARLEY_SERVICE_PORT") ||
         name.starts_with("PARLEY_PORT_");
}

/// `pattern` is a name, or the start of names before its '*'.
auto matches(std::string_view name, std::string_view pattern) -> bool {
  if (!pattern.ends_with('*')) return name == pattern;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

auto split(const std::string& text) -> std::vector<std::string> {
  std::vector<std::string> items;
  std::size_t from = 0;
  while (from < text.size()) {
    const auto comma = std::min(text.find(',', from), text.size());
    const auto first = text.find_first_not_of(' ', from);
    const auto last = text.find_last_not_of(' ', comma - 1);
    if (first < comma) items.push_back(text.substr(first, last - first + 1));
    from = comma + 1;
  }
  return items;
}

auto find_variable(std::string_view name) -> const key* {
  const auto found =
      std::ranges::find_if(keys(), [&](const key& each) { return variable_of(each) == name; });
  return found == keys().end() ? nullptr : &*found;
}

/// The key whose `_FILE` variable this is, or null.
auto find_file_variable(std::string_view name) -> const key* {
  if (!name.ends_with(file_suffix)) return nullptr;
  const auto* which = find_variable(name.substr(0, name.size() - file_suffix.size()));
  return which && which->hidden != secrecy::none ? which : nullptr;
}

auto known_variables() -> std::vector<std::string> {
  std::vector<std::string> names;
  for (const auto& each : keys()) {
    names.push_back(variable_of(each));
    if (each.hidden != secrecy::none) names.push_back(names.back() + std::string{file_suffix});
  }
  return names;
}

/// A file written by an editor or `echo` ends with a line end that is no part of the secret.
auto read_secret(const std::string& variable, const std::string& path)
    -> chat::expected<std::string> {
  std::ifstream file{path, std::ios::binary};
  std::string text(max_secret_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.fail() && !file.eof()))
    return unexpected{errc::bad_request, "env " + variable + ": cannot read file " + path};
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > max_secret_bytes)
    return unexpected{errc::bad_request, "env " + variable + ": file " + path + " is over 64 KiB"};
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

}  // namespace

auto to_raw(const key& which, const std::string& text) -> raw_value {
  options scratch;
  if (std::holds_alternative<std::vector<std::string>*>(which.at(scratch))) return split(text);
  return text;
}

auto read_environment(const std::map<std::string, std::string>& variables,
                      const std::vector<std::string>& others)
    -> chat::expected<std::vector<setting>> {
  std::vector<setting> settings;
  for (const auto& [name, value] : variables) {
    const bool is_other = std::ranges::any_of(
        others, [&](const std::string& pattern) { return matches(name, pattern); });
    if (!name.starts_with(prefix) || is_other || is_from_kubernetes(name, value)) continue;
    if (const auto* which = find_variable(name)) {
      settings.push_back({which, to_raw(*which, value), "env " + name});
    } else if (const auto* secret = find_file_variable(name)) {
      if (variables.contains(variable_of(*secret)))
        return unexpected{errc::bad_request,
                          "env " + name + ": " + variable_of(*secret) + " is set as well"};
      auto text = read_secret(name, value);
      if (!text) return unexpected{text.error().code, text.error().detail};
      settings.push_back({secret, std::move(*text), "env " + name});
    } else {
      return unexpected{errc::bad_request, "env: unknown variable " + name + "; did you mean " +
                                               nearest(name, known_variables()) + "?"};
    }
  }
  return settings;
}

}  // namespace parley::config
