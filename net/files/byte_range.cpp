#include "net/files/byte_range.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace parley::net::files {
namespace {

/// Digits only; more of them than 64 bits hold is as far as can be.
auto number(std::string_view text) -> std::optional<std::uint64_t> {
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || !digits) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failed == std::errc{} ? value : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace

auto parse_range(std::string_view header, std::uint64_t size) -> std::optional<byte_range> {
  constexpr std::string_view unit = "bytes=";
  if (!header.starts_with(unit)) return std::nullopt;
  header.remove_prefix(unit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = number(header.substr(0, dash));
  const auto last = number(header.substr(dash + 1));
  if (dash == 0) {  // the last so many bytes
    if (!last || *last == 0 || size == 0) return std::nullopt;
    const auto length = std::min(*last, size);
    return byte_range{size - length, length};
  }
  const bool is_open = dash + 1 == header.size();
  if (!first || *first >= size || (!last && !is_open)) return std::nullopt;
  if (last && *last < *first) return std::nullopt;
  const auto end = is_open ? size - 1 : std::min(*last, size - 1);
  return byte_range{*first, end - *first + 1};
}

}  // namespace parley::net::files
