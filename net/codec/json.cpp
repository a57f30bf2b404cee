#include "net/codec/json.hpp"

#include <string>

namespace parley::net::codec {
namespace {

auto hex4(std::string_view text, std::size_t at) -> int {
  if (at + 4 > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const char c = text[i];
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

constexpr auto is_high(int unit) -> bool { return unit >= 0xd800 && unit < 0xdc00; }
constexpr auto is_low(int unit) -> bool { return unit >= 0xdc00 && unit < 0xe000; }

/// What the text holds that the parser must not meet.
struct survey {
  int depth = 0;
  std::size_t nodes = 1;  ///< one, and one more for each container's first value and each comma
  std::vector<std::size_t> lone_surrogates;  ///< where `\uXXXX` begins
};

/// The escape at `at` (behind the backslash). @returns how many characters belong to it
auto survey_escape(std::string_view text, std::size_t at, survey& found) -> std::size_t {
  if (at >= text.size() || text[at] != 'u') return 1;
  const int unit = hex4(text, at + 1);
  if (is_low(unit)) found.lone_surrogates.push_back(at - 1);
  if (!is_high(unit)) return 1;
  const bool paired = at + 6 < text.size() && text[at + 5] == '\\' && text[at + 6] == 'u' &&
                      is_low(hex4(text, at + 7));
  if (paired) return 11;
  found.lone_surrogates.push_back(at - 1);
  return 5;
}

auto survey_of(std::string_view text) -> survey {
  survey found;
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '"') in_string = false;
      if (c == '\\') i += survey_escape(text, i + 1, found);
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      found.depth = std::max(found.depth, ++depth);
      ++found.nodes;
    } else if (c == ',') {
      ++found.nodes;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return found;
}

}  // namespace

auto parse(std::string_view text, int max_depth, std::size_t max_nodes)
    -> chat::expected<parsed> {
  // The parser would take a NUL for the end of the text and not see what follows.
  if (text.find('\0') != std::string_view::npos)
    return chat::unexpected{chat::errc::bad_request, "JSON holds a NUL byte"};
  const auto found = survey_of(text);
  if (found.depth > max_depth)
    return chat::unexpected{chat::errc::bad_request, "JSON is nested too deeply"};
  if (found.nodes > max_nodes)
    return chat::unexpected{chat::errc::bad_request,
                            "JSON holds more than " + std::to_string(max_nodes) + " values"};
  parsed result;
  if (found.lone_surrogates.empty()) {
    result.value = json::parse(text, nullptr, false);
  } else {
    std::string mended{text};
    for (const auto at : found.lone_surrogates) mended.replace(at, 6, "\\ufffd");
    result.has_lone_surrogate = true;
    result.value = json::parse(mended, nullptr, false);
  }
  if (result.value.is_discarded())
    return chat::unexpected{chat::errc::bad_request, "not valid JSON"};
  return result;
}

auto dump(const json& value) -> std::string {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace parley::net::codec
