#include "net/codec/json_writer.hpp"

#include <array>
#include <charconv>

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

template <class Number>
void append_number(std::string& to, Number value) {
  std::array<char, 20> digits;  // -9223372036854775808, 18446744073709551615
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  to.append(digits.data(), end);
}

}  // namespace

/// The comma before a value or a key, unless it is the first of its container or follows a key.
void json_writer::separate() {
  if (!is_first_) to_ += ',';
  is_first_ = false;
}

void json_writer::begin(char bracket) {
  separate();
  to_ += bracket;
  is_first_ = true;
}

void json_writer::end(char bracket) {
  to_ += bracket;
  is_first_ = false;
}

void json_writer::key(std::string_view name) {
  plain(name);
  to_ += ':';
  is_first_ = true;
}

void json_writer::null() {
  separate();
  to_ += "null";
}

void json_writer::boolean(bool value) {
  separate();
  to_ += value ? "true" : "false";
}

void json_writer::number(std::uint64_t value) {
  separate();
  append_number(to_, value);
}

void json_writer::negative(std::int64_t value) {
  separate();
  append_number(to_, value);
}

void json_writer::plain(std::string_view value) {
  separate();
  to_ += '"';
  to_ += value;
  to_ += '"';
}

void json_writer::text(std::string_view value) {
  // How broken text is mended is the library's matter; none comes in, so this is rare.
  if (!chat::is_valid_utf8(value)) return tree(json(value));
  separate();
  to_ += '"';
  for (;;) {
    const auto run = unescaped_length(value);
    to_ += value.substr(0, run);
    if (run == value.size()) break;
    append_escape(to_, value[run]);
    value.remove_prefix(run + 1);
  }
  to_ += '"';
}

void json_writer::tree(const json& value) {
  separate();
  to_ += dump(value);
}

auto json_text(const value_source& what) -> std::string {
  std::string text;
  json_writer to{text};
  what(to);
  return text;
}

}  // namespace parley::net::codec
