#include "net/limits/forwarded.hpp"

#include <algorithm>

#include "net/codec/any_case.hpp"

namespace parley::net {
namespace {

using config::ip_address;

auto is_blank(char c) -> bool {
  return c == ' ' || c == '\t';
}

auto trimmed(std::string_view text) -> std::string_view {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

auto is_port(std::string_view text) -> bool {
  return !text.empty() && text.size() <= 5 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "10.0.0.1", "10.0.0.1:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80"
auto parse_node(std::string_view text) -> std::optional<ip_address> {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const auto rest = text.substr(end + 1);
    if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return std::nullopt;
    return ip_address::parse(text.substr(1, end - 1));
  }
  const auto colon = text.find(':');
  const bool has_port = colon != std::string_view::npos && colon == text.rfind(':');
  if (!has_port) return ip_address::parse(text);
  return is_port(text.substr(colon + 1)) ? ip_address::parse(text.substr(0, colon)) : std::nullopt;
}

/// Reads elements of RFC 7239, section 4: pairs of token and value, by ';', and these by ','.
class element_reader {
 public:
  explicit element_reader(std::string_view text) : left_(text) {}

  auto read() -> std::optional<forwarded_hops> {
    forwarded_hops hops;
    for (bool goes_on = true; goes_on;) {
      auto one = read_element();
      if (!one || hops.size() == max_forwarded_hops) return std::nullopt;
      hops.push_back(std::move(*one));
      skip_blanks();
      goes_on = take(',');
    }
    return left_.empty() ? std::optional{std::move(hops)} : std::nullopt;
  }

 private:
  using hop = std::optional<ip_address>;

  auto read_element() -> std::optional<hop> {
    hop found;
    bool is_named = false;
    do {
      skip_blanks();
      const auto name = read_token();
      if (name.empty() || !take('=')) return std::nullopt;
      const auto value = read_value();
      if (!value) return std::nullopt;
      if (!equals_in_any_case(name, "for")) continue;
      if (std::exchange(is_named, true)) return std::nullopt;  // each once
      found = parse_node(*value);
    } while (skip_blanks(), take(';'));
    return found;
  }

  auto read_value() -> std::optional<std::string> {
    if (!take('"')) {
      const auto token = read_token();
      return token.empty() ? std::nullopt : std::optional{std::string{token}};
    }
    std::string value;
    while (!left_.empty()) {
      auto c = next();
      if (c == '"') return value;
      if (c == '\\') {
        if (left_.empty()) return std::nullopt;
        c = next();
      }
      value += c;
    }
    return std::nullopt;
  }

  /// Of RFC 9110, and ':', '[' and ']': many leave the quotes of an address with a port away.
  auto read_token() -> std::string_view {
    const auto end = std::min(left_.find_first_of(" \t,;=\"\\(){}<>@?/"), left_.size());
    const auto token = left_.substr(0, end);
    left_.remove_prefix(end);
    return token;
  }

  void skip_blanks() {
    while (!left_.empty() && is_blank(left_.front())) left_.remove_prefix(1);
  }
  auto take(char wanted) -> bool {
    if (left_.empty() || left_.front() != wanted) return false;
    left_.remove_prefix(1);
    return true;
  }
  auto next() -> char {
    const char c = left_.front();
    left_.remove_prefix(1);
    return c;
  }

  std::string_view left_;
};

}  // namespace

auto parse_forwarded(std::string_view header) -> std::optional<forwarded_hops> {
  return element_reader{header}.read();
}

auto parse_forwarded_for(std::string_view header) -> std::optional<forwarded_hops> {
  forwarded_hops hops;
  for (std::size_t begin = 0; begin <= header.size();) {
    if (hops.size() == max_forwarded_hops) return std::nullopt;
    const auto end = std::min(header.find(',', begin), header.size());
    hops.push_back(parse_node(trimmed(header.substr(begin, end - begin))));
    begin = end + 1;
  }
  return hops;
}

auto last_untrusted(const forwarded_hops& hops, const config::networks& trusted)
    -> std::optional<ip_address> {
  std::optional<ip_address> last;
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    if (!*hop) return std::nullopt;
    last = *hop;
    if (!trusted.contains(**hop)) break;
  }
  return last;
}

}  // namespace parley::net
