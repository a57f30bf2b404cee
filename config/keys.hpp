#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/options.hpp"

namespace parley::config {

/// Where a value goes: one member of `options`, by its type.
using slot = std::variant<bool*, std::uint16_t*, std::uint32_t*, std::size_t*, double*,
                          std::string*, std::vector<std::string>*, delivery_mode*>;

/// Smallest and largest number a key takes, both included. Whole numbers stay below 2^53.
struct range {
  double low = 0;
  double high = 0;
};

/// What of a value must not be shown.
enum class secrecy : std::uint8_t {
  none,
  password,  ///< the password inside a URL
  all,
};

/// One setting that people can reach. keys.cpp holds the only list of them.
struct key {
  std::string_view name;           ///< "http.port", as in the file and behind `--`
  slot (*at)(options&);            ///< the member it sets
  range allowed;                   ///< numbers only
  std::string_view doc;            ///< one or two lines
  std::string_view choices = {};   ///< words it takes, "stored|immediate"; empty: any text
  secrecy hidden = secrecy::none;  ///< anything but `none` also has a `_FILE` variable
  bool hot = false;                ///< could change while the server runs
};

/// Every key: those without a section first, then section by section.
/// @thread any
auto keys() -> std::span<const key>;

/// The key called `name`, or null.
auto find_key(std::string_view name) -> const key*;

/// "http.port" -> "PARLEY_HTTP__PORT".
auto variable_of(const key& which) -> std::string;

/// "a whole number 0..65535", "stored or immediate": what the key takes, for people.
auto describe(const key& which) -> std::string;

}  // namespace parley::config
