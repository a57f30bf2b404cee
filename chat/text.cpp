#include "chat/text.hpp"

#include <cstring>

namespace parley::chat {
namespace {

auto is_continuation(char c) -> bool { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// Length of the well-formed sequence at the start of `text`; 0 when there is none.
auto sequence_length(std::string_view text) -> std::size_t {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if (!is_continuation(text[i])) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second > 0x9f;
  const bool too_large = first == 0xf4 && second > 0x8f;
  return overlong || surrogate || too_large ? 0 : size;
}

constexpr std::size_t word_size = sizeof(std::uint64_t);

/// Most text is ASCII, which can be passed eight bytes at a time.
auto begins_with_ascii_word(std::string_view text) -> bool {
  std::uint64_t word = 0;
  if (text.size() < word_size) return false;
  std::memcpy(&word, text.data(), word_size);
  return (word & 0x8080'8080'8080'8080) == 0;
}

/// The code point at the start of well-formed `text`.
auto code_point(std::string_view text) -> char32_t {
  const auto size = sequence_length(text);
  const auto first = static_cast<unsigned char>(text[0]);
  if (size <= 1) return first;
  char32_t point = first & (0xffu >> (size + 1));
  for (const char c : text.substr(1, size - 1)) point = point << 6 | (static_cast<unsigned char>(c) & 0x3f);
  return point;
}

/// Controls, separators of lines, marks of direction, and what has no width (Unicode Cc, Zl, Zp,
/// UAX #9, and U+200B, U+2060..2064, U+FEFF, U+E0000..E007F).
auto is_unfit_for_names(char32_t c) -> bool {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200b || c == 0x200e ||
         c == 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
         c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

/// Bytes of the flag at the start of `text` that is spelled by invisible tags, as that of Scotland is:
/// a black flag, tags for letters and digits, the tag that ends them (UTS #51, ED-14a). 0: none.
auto tagged_flag_length(std::string_view text) -> std::size_t {
  constexpr char32_t black_flag = 0x1f3f4;
  constexpr char32_t end_of_tags = 0xe007f;
  constexpr std::size_t tag_bytes = 4;
  constexpr std::size_t max_tags = 6;
  const auto is_tag = [](char32_t c) {
    return (c >= 0xe0030 && c <= 0xe0039) || (c >= 0xe0061 && c <= 0xe007a);
  };
  if (code_point(text) != black_flag) return 0;
  for (std::size_t tags = 0; tags <= max_tags; ++tags) {
    const auto at = tag_bytes * (1 + tags);
    if (at >= text.size()) return 0;
    const auto next = code_point(text.substr(at));
    if (next == end_of_tags) return tags == 0 ? 0 : at + tag_bytes;
    if (!is_tag(next)) return 0;
  }
  return 0;
}

}  // namespace

auto is_valid_utf8(std::string_view text) -> bool {
  for (;;) {
    while (begins_with_ascii_word(text)) text.remove_prefix(word_size);
    while (!text.empty() && static_cast<unsigned char>(text.front()) < 0x80) text.remove_prefix(1);
    if (text.empty()) return true;
    const auto size = sequence_length(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
}

auto utf16_length(std::string_view text) -> std::size_t {
  std::size_t units = 0;
  for (const char c : text) {
    if (is_continuation(c)) continue;
    units += static_cast<unsigned char>(c) >= 0xf0 ? 2 : 1;
  }
  return units;
}

auto utf16_prefix(std::string_view text, std::size_t units) -> std::string_view {
  if (text.size() <= units) return text;  // no unit is less than a byte
  std::size_t used = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_continuation(text[i])) continue;
    used += static_cast<unsigned char>(text[i]) >= 0xf0 ? 2 : 1;
    if (used > units) return text.substr(0, i);
  }
  return text;
}

auto check_text(std::string_view text, std::size_t max_units) -> expected<void> {
  if (!is_valid_utf8(text)) return unexpected{errc::bad_request, "text is not valid UTF-8"};
  if (text.size() > max_units && utf16_length(text) > max_units)
    return unexpected{errc::too_long,
                      "text is longer than " + std::to_string(max_units) + " UTF-16 units"};
  return {};
}

auto check_name(std::string_view text, std::size_t max_units) -> expected<void> {
  if (auto fine = check_text(text, max_units); !fine) return fine;
  while (!text.empty()) {
    if (is_unfit_for_names(code_point(text)))
      return unexpected{errc::bad_request,
                        "control, direction and invisible characters are not allowed here"};
    const auto flag = tagged_flag_length(text);
    text.remove_prefix(flag != 0 ? flag : sequence_length(text));
  }
  return {};
}

auto stable_hash(std::string_view bytes, std::uint64_t seed) -> std::uint64_t {
  for (const char c : bytes) {
    seed ^= static_cast<unsigned char>(c);
    seed *= 0x100000001b3ull;
  }
  return seed;
}

}  // namespace parley::chat
