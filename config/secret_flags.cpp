#include "config/secret_flags.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "config/keys.hpp"
#include "config/value.hpp"

namespace parley::config {
namespace {

auto holds_a_secret(const key& which, std::string_view value) -> bool {
  if (which.hidden == secrecy::password) return mask_password(value) != value;
  return which.hidden == secrecy::all && !value.empty();
}

}  // namespace

auto hide_secrets(std::span<char* const> words) -> std::vector<std::string> {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word{words[i]};
    if (!word.starts_with("--")) continue;
    const auto equals = word.find('=');
    const auto* which = find_key(word.substr(2, equals == word.npos ? equals : equals - 2));
    if (which == nullptr || which->hidden == secrecy::none) continue;
    auto* const value = equals != word.npos    ? words[i] + equals + 1
                        : i + 1 < words.size() ? words[++i]
                                               : nullptr;
    if (value == nullptr || !holds_a_secret(*which, value)) continue;
    std::memset(value, '*', std::strlen(value));
    if (std::ranges::find(names, which->name) == names.end()) names.emplace_back(which->name);
  }
  return names;
}

auto secret_flags_warning(const std::vector<std::string>& names) -> std::string {
  std::string text;
  for (const auto& name : names)
    text += "warning: --" + name +
            " is a secret, and flags can be read by everybody on this machine "
            "while a program starts: use " +
            variable_of(*find_key(name)) + "_FILE\n";
  return text;
}

}  // namespace parley::config
