#include "config/value.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>

namespace parley::config {
namespace {

/// The whole text or nothing: no sign in front of unsigned numbers, no blanks, no suffix.
template <class Number>
auto parse_number(std::string_view text) -> std::optional<Number> {
  Number number{};
  const auto* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc{} || stop != end) return std::nullopt;
  return number;
}

auto is_choice(std::string_view choices, std::string_view word) -> bool {
  while (!choices.empty()) {
    const auto bar = choices.find('|');
    if (choices.substr(0, bar) == word) return true;
    choices.remove_prefix(bar == std::string_view::npos ? choices.size() : bar + 1);
  }
  return false;
}

/// Puts one text into a member, by the member's type.
struct assigner {
  const key& which;
  const raw_value& value;

  auto text() const -> const std::string* { return std::get_if<std::string>(&value); }
  auto operator()(bool* out) const -> bool {
    if (!text() || (*text() != "true" && *text() != "false")) return false;
    *out = *text() == "true";
    return true;
  }
  template <class Number>
  auto operator()(Number* out) const -> bool {
    const auto number = text() ? parse_number<Number>(*text()) : std::nullopt;
    if (!number || !(static_cast<double>(*number) >= which.allowed.low) ||
        !(static_cast<double>(*number) <= which.allowed.high))
      return false;
    *out = *number;
    return true;
  }
  auto operator()(std::string* out) const -> bool {
    if (!text() || (!which.choices.empty() && !is_choice(which.choices, *text()))) return false;
    *out = *text();
    return true;
  }
  auto operator()(std::vector<std::string>* out) const -> bool {
    const auto* items = std::get_if<std::vector<std::string>>(&value);
    if (items) *out = *items;
    return items != nullptr;
  }
  auto operator()(delivery_mode* out) const -> bool {
    if (!text() || !is_choice(which.choices, *text())) return false;
    *out = *text() == "stored" ? delivery_mode::stored : delivery_mode::immediate;
    return true;
  }
};

/// A TOML basic string.
auto quote(std::string_view text) -> std::string {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    std::array<char, 8> escaped{};
    if (c == '"' || c == '\\') out += '\\';
    if (byte >= 0x20 && byte != 0x7f) {
      out += c;
    } else {
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", byte);
      out += escaped.data();
    }
  }
  return out + '"';
}

struct formatter {
  auto operator()(const bool* value) const -> std::string { return *value ? "true" : "false"; }
  auto operator()(const std::string* value) const -> std::string { return quote(*value); }
  auto operator()(const delivery_mode* value) const -> std::string {
    return quote(*value == delivery_mode::stored ? "stored" : "immediate");
  }
  auto operator()(const std::vector<std::string>* value) const -> std::string {
    std::string out;
    for (const auto& item : *value) out += (out.empty() ? "" : ", ") + quote(item);
    return "[" + out + "]";
  }
  template <class Number>
  auto operator()(const Number* value) const -> std::string {
    return format_number(static_cast<double>(*value));
  }
};

}  // namespace

auto assign(const key& which, options& into, const raw_value& value) -> bool {
  return std::visit(assigner{which, value}, which.at(into));
}

auto format(const key& which, const options& from) -> std::string {
  auto copy = from;
  return std::visit(formatter{}, which.at(copy));
}

auto format_masked(const key& which, const options& from) -> std::string {
  auto copy = from;
  if (which.hidden != secrecy::none) {
    auto& text = *std::get<std::string*>(which.at(copy));
    if (which.hidden == secrecy::password)
      text = mask_password(text);
    else if (!text.empty())
      text = "***";
  }
  return format(which, copy);
}

auto format_number(double number) -> std::string {
  std::array<char, 32> text{};
  const auto end = number == std::floor(number) && std::abs(number) < 1e15
                       ? std::to_chars(text.begin(), text.end(), static_cast<long long>(number)).ptr
                       : std::to_chars(text.begin(), text.end(), number).ptr;
  return {text.data(), end};
}

auto mask_password(std::string_view url) -> std::string {
  const auto scheme = url.find("://");
  // The last '@' ends the user part however the password was spelled; more is hidden, never less.
  const auto at = url.rfind('@');
  if (scheme == std::string_view::npos || at == std::string_view::npos) return std::string{url};
  const auto colon = url.find(':', scheme + 3);
  if (colon == std::string_view::npos || colon > at) return std::string{url};
  return std::string{url.substr(0, colon + 1)} + "***" + std::string{url.substr(at)};
}

}  // namespace parley::config
