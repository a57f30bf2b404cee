#pragma once

#include <array>
#include <cctype>
#include <string>

#include "net/codec/json.hpp"

/// Names as other clients spell them.
namespace parley::test {

struct spelling {
  const char* name;
  char (*letter)(char c, std::size_t place);
};

inline auto upper(char c) -> char {
  return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
}
inline auto lower(char c) -> char {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

inline constexpr std::array spellings{
    spelling{"Pascal", [](char c, std::size_t at) { return at == 0 ? upper(c) : c; }},
    spelling{"upper", [](char c, std::size_t) { return upper(c); }},
    spelling{"lower", [](char c, std::size_t) { return lower(c); }},
    spelling{"mixed", [](char c, std::size_t at) { return at % 2 == 1 ? upper(c) : lower(c); }},
};

inline auto respelled(std::string name, const spelling& how) -> std::string {
  for (std::size_t at = 0; at < name.size(); ++at) name[at] = how.letter(name[at], at);
  return name;
}

/// The same value, with the names of all its objects spelled so.
inline auto respelled(const net::codec::json& value, const spelling& how) -> net::codec::json {
  using net::codec::json;
  if (!value.is_structured()) return value;
  auto made = value.is_array() ? json::array() : json::object();
  for (const auto& [name, inner] : value.items())
    value.is_array() ? made.push_back(respelled(inner, how))
                     : void(made.emplace(respelled(std::string{name}, how), respelled(inner, how)));
  return made;
}

}  // namespace parley::test
