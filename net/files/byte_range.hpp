#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace parley::net::files {

/// A stretch of a file: bytes first .. first + length - 1.
struct byte_range {
  std::uint64_t first = 0;
  std::uint64_t length = 0;
  friend auto operator==(const byte_range&, const byte_range&) -> bool = default;
};

/// Reads a Range header (RFC 9110, section 14.2) for a file of `size` bytes: one range of bytes,
/// "bytes=0-99", "bytes=100-" or "bytes=-100", cut at the end of the file.
/// @returns nothing when it cannot be satisfied or asks for more than one: 416
auto parse_range(std::string_view header, std::uint64_t size) -> std::optional<byte_range>;

}  // namespace parley::net::files
