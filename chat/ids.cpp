#include "chat/ids.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cstdlib>

namespace parley::chat {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

constexpr auto hex_value(char c) -> int {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// hex_value of every byte.
constexpr auto hex_values = [] {
  std::array<std::int8_t, 256> values{};
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<std::int8_t>(hex_value(static_cast<char>(i)));
  return values;
}();

/// The two digits of every byte.
constexpr auto hex_pairs = [] {
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = {hex_digits[i >> 4], hex_digits[i & 15]};
  return pairs;
}();

/// Where the digits of each byte stand in a GUID, and the dashes.
constexpr std::array<std::uint8_t, 16> digit_places{0,  2,  4,  6,  9,  11, 14, 16,
                                                    19, 21, 24, 26, 28, 30, 32, 34};
constexpr std::array<std::uint8_t, 4> dash_places{8, 13, 18, 23};

/// Random bytes in blocks, so that an id costs no system call.
class random_block {
 public:
  auto take_u64() -> std::uint64_t {
    if (used_ + 8 > block_.size()) refill();
    std::uint64_t value = 0;
    std::memcpy(&value, block_.data() + used_, 8);
    used_ += 8;
    return value;
  }

 private:
  void refill() {
    // getrandom of at most 256 bytes is never interrupted once the pool is initialised.
    if (getrandom(block_.data(), block_.size(), 0) != static_cast<ssize_t>(block_.size()))
      std::abort();
    used_ = 0;
  }

  std::array<std::uint8_t, 256> block_{};
  std::size_t used_ = 256;
};

class random_ids final : public id_source {
 public:
  auto next(timestamp now) -> uuid override {
    thread_local random_block random;
    thread_local std::uint64_t last = 0;  // 48 bits of milliseconds, 12 bits of counter
    const auto floor = (static_cast<std::uint64_t>(now.ms) << 12) | (random.take_u64() & 0x7ff);
    last = std::max(last + 1, floor);
    return assemble(last, random.take_u64());
  }

 private:
  static auto assemble(std::uint64_t stamp, std::uint64_t tail) -> uuid {
    uuid id;
    for (int i = 0; i < 6; ++i)
      id.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(stamp >> (52 - 8 * i));
    id.bytes[6] = static_cast<std::uint8_t>(0x70 | ((stamp >> 8) & 0x0f));
    id.bytes[7] = static_cast<std::uint8_t>(stamp);
    for (std::size_t i = 8; i < 16; ++i) id.bytes[i] = static_cast<std::uint8_t>(tail >> (8 * (i - 8)));
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
    return id;
  }
};

}  // namespace

auto guid(const uuid& id) -> std::array<char, 36> {
  std::array<char, 36> text;
  for (const auto place : dash_places) text[place] = '-';
  for (std::size_t i = 0; i < digit_places.size(); ++i)
    std::memcpy(&text[digit_places[i]], hex_pairs[id.bytes[i]].data(), 2);
  return text;
}

auto to_string(const uuid& id) -> std::string {
  const auto text = guid(id);
  return {text.begin(), text.end()};
}

auto parse_uuid(std::string_view text) -> std::optional<uuid> {
  if (text.size() != 36) return std::nullopt;
  for (const auto place : dash_places)
    if (text[place] != '-') return std::nullopt;
  uuid id;
  int all = 0;  // negative once anything was no digit
  for (std::size_t i = 0; i < digit_places.size(); ++i) {
    const int high = hex_values[static_cast<unsigned char>(text[digit_places[i]])];
    const int low = hex_values[static_cast<unsigned char>(text[digit_places[i] + 1u])];
    all |= high | low;
    id.bytes[i] = static_cast<std::uint8_t>((high & 15) << 4 | (low & 15));
  }
  return all < 0 ? std::nullopt : std::optional{id};
}

auto lobby_id() -> conversation_id {
  static const auto id = *conversation_id::parse("00000000-0000-7000-8000-000000000001");
  return id;
}

auto is_visible_ascii_id(std::string_view text) -> bool {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

auto random_code() -> std::string {
  static constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::array<unsigned char, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
  std::string code;
  unsigned bits = 0;
  int count = 0;
  for (const auto byte : bytes) {
    bits = bits << 8 | byte;
    for (count += 8; count >= 6; count -= 6) code += digits[bits >> (count - 6) & 63];
  }
  return code + digits[bits << (6 - count) & 63];
}

auto system_ids() -> id_source& {
  static random_ids instance;
  return instance;
}

}  // namespace parley::chat
