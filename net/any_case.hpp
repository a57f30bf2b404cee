#pragma once

#include <algorithm>
#include <string_view>

namespace parley::net {

/// Equal but for the case of ASCII letters: names of headers, schemes, paths and fields.
/// (Boost.Beast 1.81 has `iequals`, which reads one byte past the end of texts whose case differs.)
inline auto equals_in_any_case(std::string_view a, std::string_view b) -> bool {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace parley::net
