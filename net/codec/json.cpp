#include "net/codec/json.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "chat/text.hpp"

namespace parley::net::codec {
namespace {

constexpr std::size_t usual_members = 4;  // of an object: room is made for so many
constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

constexpr auto needs_escape(char c) -> bool {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

constexpr auto is_high(int unit) -> bool { return unit >= 0xd800 && unit < 0xdc00; }
constexpr auto is_low(int unit) -> bool { return unit >= 0xdc00 && unit < 0xe000; }

/// The four hexadecimal digits at the start of `text`, or -1.
auto hex4(std::string_view text) -> int {
  int value = 0;
  const auto* end = text.data() + std::min<std::size_t>(text.size(), 4);
  const auto read = std::from_chars(text.data(), end, value, 16);
  const bool is_whole = read.ec == std::errc{} && read.ptr == text.data() + 4;
  return is_whole && text[0] != '-' ? value : -1;
}

void append_utf8(std::string& to, int point) {
  const auto put = [&to](int byte) { to.push_back(static_cast<char>(byte)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xc0 | point >> 6);
  } else {
    if (point < 0x10000) {
      put(0xe0 | point >> 12);
    } else {
      put(0xf0 | point >> 18);
      put(0x80 | (point >> 12 & 0x3f));
    }
    put(0x80 | (point >> 6 & 0x3f));
  }
  put(0x80 | (point & 0x3f));
}

/// Reads one JSON text (RFC 8259) in one pass. Nothing is thrown: the first thing wrong is kept and
/// empties the input, which ends every loop. Recursion is as deep as containers may be.
class reader {
 public:
  reader(std::string_view text, int max_depth, std::size_t max_nodes)
      : left_(text), depth_left_(max_depth), nodes_left_(max_nodes), max_nodes_(max_nodes) {}

  auto document() -> json;
  auto problem() const -> const std::string& { return problem_; }
  auto had_lone_surrogate() const -> bool { return lone_surrogate_; }

 private:
  auto fail(std::string why = "not valid JSON") -> json {
    if (problem_.empty()) problem_ = std::move(why);
    left_ = {};
    return nullptr;
  }
  void skip_space();
  auto take(char wanted) -> bool;
  auto value() -> json;
  auto literal(std::string_view word, json meaning) -> json;
  auto number() -> json;
  auto text() -> std::string;
  void escape(std::string& to);
  void escaped_unit(std::string& to);
  auto array() -> json;
  auto object() -> json;

  std::string_view left_;
  int depth_left_;
  std::size_t nodes_left_;
  std::size_t max_nodes_;
  std::string problem_;
  bool lone_surrogate_ = false;
};

auto reader::document() -> json {
  if (left_.starts_with("\xef\xbb\xbf")) left_.remove_prefix(3);
  auto whole = value();
  skip_space();
  return left_.empty() ? std::move(whole) : fail();
}

void reader::skip_space() {
  const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  while (!left_.empty() && is_space(left_.front())) left_.remove_prefix(1);
}

/// Passes `wanted` and the space before it, if it is there.
auto reader::take(char wanted) -> bool {
  skip_space();
  if (left_.empty() || left_.front() != wanted) return false;
  left_.remove_prefix(1);
  return true;
}

auto reader::value() -> json {
  if (nodes_left_ == 0)
    return fail("JSON holds more than " + std::to_string(max_nodes_) + " values");
  --nodes_left_;
  if (take('"')) return text();
  if (take('{')) return object();
  if (take('[')) return array();
  if (left_.starts_with('t')) return literal("true", true);
  if (left_.starts_with('f')) return literal("false", false);
  if (left_.starts_with('n')) return literal("null", nullptr);
  return number();
}

auto reader::literal(std::string_view word, json meaning) -> json {
  if (!left_.starts_with(word)) return fail();
  left_.remove_prefix(word.size());
  return meaning;
}

/// Short whole numbers are read here; all else that looks like a number is the library's.
auto reader::number() -> json {
  constexpr std::size_t safe_digits = 19;  // any of so many fits 64 bits
  const auto end = std::min(left_.find_first_not_of("0123456789+-.eE"), left_.size());
  const auto digits = left_.substr(0, end);
  left_.remove_prefix(end);
  std::uint64_t whole = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), whole);
  const bool is_plain = read.ec == std::errc{} && read.ptr == digits.data() + digits.size() &&
                        digits.size() <= safe_digits &&
                        (digits.front() != '0' || digits.size() == 1);
  if (is_plain) return whole;
  auto other = json::parse(digits, nullptr, false);
  return other.is_discarded() ? fail() : other;
}

/// What stands between two quotes, of which the first is passed.
auto reader::text() -> std::string {
  std::string result;
  while (true) {
    const auto run = unescaped_length(left_);
    result += left_.substr(0, run);
    left_.remove_prefix(run);
    if (left_.starts_with('"')) break;
    if (!left_.starts_with('\\')) return fail(), std::string{};  // its end, or a control character
    left_.remove_prefix(1);
    escape(result);
  }
  left_.remove_prefix(1);
  if (!chat::is_valid_utf8(result)) fail();
  return result;
}

/// What follows a backslash.
void reader::escape(std::string& to) {
  constexpr std::string_view names = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  if (left_.starts_with('u')) return escaped_unit(to);
  const auto which = left_.empty() ? std::string_view::npos : names.find(left_.front());
  if (which == std::string_view::npos) return void(fail());
  to.push_back(meanings[which]);
  left_.remove_prefix(1);
}

/// uXXXX, and the other half of a pair if it follows.
void reader::escaped_unit(std::string& to) {
  const int unit = hex4(left_.substr(1));
  if (unit < 0) return void(fail());
  left_.remove_prefix(5);
  if (!is_high(unit) && !is_low(unit)) return append_utf8(to, unit);
  const int next = left_.starts_with("\\u") ? hex4(left_.substr(2)) : -1;
  if (is_high(unit) && is_low(next)) {
    left_.remove_prefix(6);
    return append_utf8(to, 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00));
  }
  lone_surrogate_ = true;
  to += replacement;
}

auto reader::array() -> json {
  if (depth_left_ == 0) return fail("JSON is nested too deeply");
  --depth_left_;
  auto result = json::array();
  if (!take(']')) {
    auto& values = result.get_ref<json::array_t&>();
    do values.push_back(value());
    while (take(','));
    if (!take(']')) fail();
  }
  ++depth_left_;
  return result;
}

using member_list = json::object_t::Container;

auto has_repeated_key(const member_list& members) -> bool {
  constexpr std::size_t few = 8;
  if (members.size() <= few) {
    for (auto at = members.begin(); at != members.end(); ++at)
      if (std::any_of(members.begin(), at, [at](auto& m) { return m.first == at->first; }))
        return true;
    return false;
  }
  std::vector<std::string_view> keys;
  keys.reserve(members.size());
  for (const auto& [key, value] : members) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

/// Of a repeated key the last value counts, at the place of the first. Done once for an object:
/// looking each key up as it comes would cost the square of their number.
void unite_repeated(member_list& members) {
  if (!has_repeated_key(members)) return;
  std::map<std::string_view, std::size_t> places;
  member_list kept;
  for (auto& [key, value] : members) {
    const auto [place, is_new] = places.try_emplace(key, kept.size());
    if (is_new)
      kept.emplace_back(key, std::move(value));
    else
      kept[place->second].second = std::move(value);
  }
  members = std::move(kept);
}

auto reader::object() -> json {
  if (depth_left_ == 0) return fail("JSON is nested too deeply");
  --depth_left_;
  auto result = json::object();
  if (!take('}')) {
    member_list& members = result.get_ref<json::object_t&>();
    members.reserve(usual_members);
    do {
      if (!take('"')) return fail();
      auto key = text();
      if (!take(':')) return fail();
      members.emplace_back(std::move(key), value());
    } while (take(','));
    if (!take('}')) return fail();
    unite_repeated(members);
  }
  ++depth_left_;
  return result;
}

}  // namespace

auto parse(std::string_view text, int max_depth, std::size_t max_nodes)
    -> chat::expected<parsed> {
  if (text.find('\0') != std::string_view::npos)
    return chat::unexpected{chat::errc::bad_request, "JSON holds a NUL byte"};
  reader input{text, max_depth, max_nodes};
  parsed result;
  result.value = input.document();
  result.has_lone_surrogate = input.had_lone_surrogate();
  if (!input.problem().empty())
    return chat::unexpected{chat::errc::bad_request, input.problem()};
  return result;
}

namespace {

constexpr std::uint64_t highs = 0x8080'8080'8080'8080;

auto word_at(std::string_view text, std::size_t at) -> std::uint64_t {
  std::uint64_t word = 0;
  std::memcpy(&word, text.data() + at, sizeof word);
  return word;
}

/// Sets the highest bit of each byte that needs an escape, and maybe of bytes behind the first such.
auto marks_of(std::uint64_t word) -> std::uint64_t {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  const auto quotes = word ^ ones * '"';
  const auto backslashes = word ^ ones * '\\';
  return (((quotes - ones) & ~quotes) | ((backslashes - ones) & ~backslashes) |
          ((word - ones * 0x20) & ~word)) &
         highs;
}

}  // namespace

/// Eight bytes at a time; the first mark is a true one.
auto unescaped_length(std::string_view text) -> std::size_t {
  static_assert(std::endian::native == std::endian::little);
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t))
    if (const auto marks = marks_of(word_at(text, at)); marks != 0)
      return at + static_cast<std::size_t>(std::countr_zero(marks)) / 8;
  while (at < text.size() && !needs_escape(text[at])) ++at;
  return at;
}

auto is_plain(std::string_view text) -> bool {
  constexpr auto step = sizeof(std::uint64_t);
  if (text.size() < step)
    return std::none_of(text.begin(), text.end(), [](char c) {
      return needs_escape(c) || static_cast<unsigned char>(c) >= 0x80;
    });
  const auto odd = [text](std::size_t at) {
    const auto word = word_at(text, at);
    return (marks_of(word) | (word & highs)) != 0;
  };
  for (std::size_t at = 0; at + step < text.size(); at += step)
    if (odd(at)) return false;
  return !odd(text.size() - step);
}

auto dump(const json& value) -> std::string {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace parley::net::codec
