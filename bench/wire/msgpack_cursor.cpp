#include "bench/wire/msgpack_cursor.hpp"

// Codes: https://github.com/msgpack/msgpack/blob/master/spec.md

namespace parley::bench {

auto msgpack_cursor::peek() const -> std::uint8_t {
  return bytes_.empty() ? 0xc1 : static_cast<std::uint8_t>(bytes_.front());  // c1: never used
}

auto msgpack_cursor::is_string() const -> bool {
  const auto code = peek();
  return (code & 0xe0U) == 0xa0 || (code >= 0xd9 && code <= 0xdb);
}

auto msgpack_cursor::is_map() const -> bool {
  const auto code = peek();
  return (code & 0xf0U) == 0x80 || code == 0xde || code == 0xdf;
}

auto msgpack_cursor::take(std::size_t count, std::string_view& out) -> bool {
  if (bytes_.size() < count) return false;
  out = bytes_.substr(0, count);
  bytes_.remove_prefix(count);
  return true;
}

auto msgpack_cursor::read_number(std::size_t bytes, std::uint64_t& out) -> bool {
  std::string_view digits;
  if (!take(bytes, digits)) return false;
  out = 0;
  for (const char c : digits) out = out << 8 | static_cast<std::uint8_t>(c);
  return true;
}

auto msgpack_cursor::read_integer(std::int64_t& out) -> bool {
  const auto code = peek();
  std::uint64_t number = code;
  if (bytes_.empty()) return false;
  if (code < 0x80 || code >= 0xe0) {
    out = code < 0x80 ? code : static_cast<std::int8_t>(code);
    bytes_.remove_prefix(1);
    return true;
  }
  if (code < 0xcc || code > 0xd3) return false;
  const auto width = 1U << (code & 3U);
  bytes_.remove_prefix(1);
  if (!read_number(width, number)) return false;
  const auto unused = 64 - 8 * width;  // the sign moves up and back
  out = code >= 0xd0 ? static_cast<std::int64_t>(number << unused) >> unused
                     : static_cast<std::int64_t>(number);
  return true;
}

auto msgpack_cursor::read_count(std::uint8_t fixed, std::uint8_t fixed_mask, std::uint8_t wide,
                                std::uint32_t& count) -> bool {
  const auto code = peek();
  if (bytes_.empty()) return false;
  if ((code & fixed_mask) == fixed) {
    count = code & static_cast<std::uint8_t>(~fixed_mask);
    bytes_.remove_prefix(1);
    return true;
  }
  if (code != wide && code != wide + 1) return false;
  bytes_.remove_prefix(1);
  std::uint64_t number = 0;
  if (!read_number(code == wide ? 2 : 4, number)) return false;
  count = static_cast<std::uint32_t>(number);
  return true;
}

auto msgpack_cursor::read_array(std::uint32_t& count) -> bool {
  return read_count(0x90, 0xf0, 0xdc, count);
}

auto msgpack_cursor::read_map(std::uint32_t& count) -> bool {
  return read_count(0x80, 0xf0, 0xde, count);
}

auto msgpack_cursor::read_string(std::string_view& out) -> bool {
  const auto code = peek();
  if (!is_string()) return false;
  bytes_.remove_prefix(1);
  std::uint64_t size = code & 0x1fU;
  if (code >= 0xd9 && !read_number(1U << (code - 0xd9U), size)) return false;
  return take(size, out);
}

auto msgpack_cursor::skip_items(std::uint64_t count) -> bool {
  for (; count > 0; --count) {
    if (!skip_value()) return false;
  }
  return true;
}

auto msgpack_cursor::skip_value() -> bool {
  std::string_view ignored;
  std::int64_t number = 0;
  std::uint32_t count = 0;
  std::uint64_t size = 0;
  if (is_string()) return read_string(ignored);
  if (is_map()) return read_map(count) && skip_items(2 * std::uint64_t{count});
  const auto code = peek();
  if ((code & 0xf0U) == 0x90 || code == 0xdc || code == 0xdd)
    return read_array(count) && skip_items(count);
  if (code < 0x80 || code >= 0xe0 || (code >= 0xcc && code <= 0xd3)) return read_integer(number);
  if (!take(1, ignored)) return false;
  switch (code) {
    case 0xc0:
    case 0xc2:
    case 0xc3: return true;
    case 0xc4:
    case 0xc5:
    case 0xc6: return read_number(1U << (code - 0xc4U), size) && take(size, ignored);
    case 0xc7:
    case 0xc8:
    case 0xc9: return read_number(1U << (code - 0xc7U), size) && take(size + 1, ignored);
    case 0xca: return take(4, ignored);
    case 0xcb: return take(8, ignored);
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8: return take((1U << (code - 0xd4U)) + 1, ignored);
    default: return false;
  }
}

}  // namespace parley::bench
