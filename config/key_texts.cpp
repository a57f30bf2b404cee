#include <algorithm>

#include "config/keys.hpp"
#include "config/value.hpp"

namespace parley::config {
namespace {

auto choices_of(const key& which) -> std::string {
  std::string words;
  for (const char c : which.choices) words += c == '|' ? std::string{" or "} : std::string{c};
  return words;
}

auto span_of(const key& which) -> std::string {
  return format_number(which.allowed.low) + ".." + format_number(which.allowed.high);
}

}  // namespace

auto find_key(std::string_view name) -> const key* {
  const auto all = keys();
  const auto found = std::ranges::find(all, name, &key::name);
  return found == all.end() ? nullptr : &*found;
}

auto variable_of(const key& which) -> std::string {
  std::string name = "PARLEY_";
  for (const char c : which.name) {
    if (c == '.') name += "__";
    else name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

auto describe(const key& which) -> std::string {
  options scratch;
  const auto target = which.at(scratch);
  if (!which.choices.empty()) return choices_of(which);
  if (std::holds_alternative<bool*>(target)) return "true or false";
  if (std::holds_alternative<double*>(target)) return "a number " + span_of(which);
  if (std::holds_alternative<std::string*>(target)) return "text";
  if (std::holds_alternative<std::vector<std::string>*>(target)) return "a list of texts";
  return "a whole number " + span_of(which);
}

}  // namespace parley::config
