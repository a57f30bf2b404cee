#include "net/codec/json_writer.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "chat/text.hpp"

namespace parley::net::codec {
namespace {

/// The escape of one quote, backslash or control character.
void append_escape(std::string& to, char c) {
  switch (c) {
    case '"': to += "\\\""; return;
    case '\\': to += "\\\\"; return;
    case '\b': to += "\\b"; return;
    case '\f': to += "\\f"; return;
    case '\n': to += "\\n"; return;
    case '\r': to += "\\r"; return;
    case '\t': to += "\\t"; return;
    default: break;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  to += "\\u00";
  to += digits[static_cast<unsigned char>(c) >> 4];
  to += digits[static_cast<unsigned char>(c) & 0x0f];
}

constexpr std::size_t longest_number = 20;  // -9223372036854775808, 18446744073709551615

auto copy(std::string_view from, char* to) -> char* {
  return std::copy_n(from.data(), from.size(), to);
}

}  // namespace

/// Where the next `size` bytes go.
auto json_writer::room(std::size_t size) -> char* {
  const auto wanted = used_ + size;
  if (to_.size() < wanted) to_.resize(std::max({wanted, to_.capacity(), 2 * to_.size()}));
  return to_.data() + used_;
}

void json_writer::wrote_to(const char* end) {
  used_ = static_cast<std::size_t>(end - to_.data());
}

/// The comma before a value or a key, unless it is the first of its container or follows a key.
auto json_writer::separate(char* at) -> char* {
  *at = ',';
  return at + (std::exchange(is_first_, false) ? 0 : 1);
}

void json_writer::begin(char bracket) {
  auto* const at = separate(room(2));
  *at = bracket;
  wrote_to(at + 1);
  is_first_ = true;
}

void json_writer::end(char bracket) {
  auto* const at = room(1);
  *at = bracket;
  wrote_to(at + 1);
  is_first_ = false;
}

void json_writer::key(std::string_view name) {
  auto* at = separate(room(name.size() + 4));
  *at = '"';
  at = copy(name, at + 1);
  wrote_to(copy("\":", at));
  is_first_ = true;
}

/// A value as it stands.
void json_writer::bare(std::string_view value) {
  wrote_to(copy(value, separate(room(value.size() + 1))));
}

void json_writer::null() { bare("null"); }

void json_writer::boolean(bool value) { bare(value ? "true" : "false"); }

void json_writer::number(std::uint64_t value) {
  auto* const at = separate(room(longest_number + 1));
  wrote_to(std::to_chars(at, at + longest_number, value).ptr);
}

void json_writer::negative(std::int64_t value) {
  auto* const at = separate(room(longest_number + 1));
  wrote_to(std::to_chars(at, at + longest_number, value).ptr);
}

void json_writer::plain(std::string_view value) {
  auto* at = separate(room(value.size() + 3));
  *at = '"';
  at = copy(value, at + 1);
  *at = '"';
  wrote_to(at + 1);
}

void json_writer::text(std::string_view value) {
  if (is_plain(value)) return plain(value);
  // How broken text is mended is the library's matter; none comes in, so this is rare.
  if (!chat::is_valid_utf8(value)) return tree(json(value));
  std::string escaped;
  for (;;) {
    const auto run = unescaped_length(value);
    escaped += value.substr(0, run);
    if (run == value.size()) break;
    append_escape(escaped, value[run]);
    value.remove_prefix(run + 1);
  }
  plain(escaped);
}

void json_writer::tree(const json& value) { bare(dump(value)); }

auto json_text(const value_source& what) -> std::string {
  std::string text;
  {
    json_writer to{text};
    what(to);
  }
  return text;
}

}  // namespace parley::net::codec
