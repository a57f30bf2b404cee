#include "net/auth/base64url.hpp"

#include <array>
#include <cstdint>

namespace parley::net::auth {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t no_digit = 0xff;

constexpr auto digits = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(no_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return table;
}();

}  // namespace

auto base64url_encode(std::string_view bytes) -> std::string {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : bytes) {
    held = (held << 8 | static_cast<unsigned char>(c)) & 0xffff;
    for (bits += 8; bits >= 6; bits -= 6) text += alphabet[held >> (bits - 6) & 0x3f];
  }
  if (bits > 0) text += alphabet[held << (6 - bits) & 0x3f];
  return text;
}

auto base64url_decode(std::string_view text) -> std::optional<std::string> {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes(text.size() * 3 / 4, '\0');
  std::uint32_t held = 0;
  std::uint8_t odd = 0;  // digits are below 64
  int bits = 0;
  auto* to = bytes.data();
  for (const char c : text) {
    const auto digit = digits[static_cast<unsigned char>(c)];
    odd |= digit;
    held = held << 6 | digit;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    *to++ = static_cast<char>(held >> bits & 0xff);
  }
  const bool has_spare_bits = (held & ((1u << bits) - 1)) != 0;
  if (odd >= 64 || has_spare_bits) return std::nullopt;
  return bytes;
}

}  // namespace parley::net::auth
