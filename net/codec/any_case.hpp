#pragma once

#include <algorithm>
#include <string_view>

namespace parley::net {

inline auto lower_case(char c) -> char {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Equal but for the case of ASCII letters: names of headers, schemes, paths and fields.
/// (Boost.Beast 1.81 has `iequals`, which reads one byte past the end of texts whose case differs.)
inline auto equals_in_any_case(std::string_view a, std::string_view b) -> bool {
  return std::ranges::equal(a, b, {}, lower_case, lower_case);
}

/// An order in which names that are equal but for their case are one.
struct less_in_any_case {
  using is_transparent = void;
  auto operator()(std::string_view a, std::string_view b) const -> bool {
    return std::ranges::lexicographical_compare(a, b, {}, lower_case, lower_case);
  }
};

}  // namespace parley::net
