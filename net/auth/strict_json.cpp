#include "net/auth/strict_json.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace parley::net::auth {
namespace {

/// Brackets and commas outside strings; on text that is no JSON any answer will do.
auto is_small(std::string_view text, std::size_t commas_left) -> bool {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\')
      ++i;
    else if (c == '"')
      in_string = !in_string;
    else if (in_string)
      continue;
    else if ((c == '{' || c == '[') && ++depth > max_claims_depth)
      return false;
    else if ((c == '}' || c == ']') && depth > 0)
      --depth;
    else if (c == ',' && commas_left-- == 0)
      return false;
  }
  return true;
}

using nlohmann::json;

/// Takes a text apart without keeping it, and stops where a key comes twice in one object. The
/// parser that makes values would keep the last of them; others keep the first, and disagree.
class repetition_finder final : public nlohmann::json_sax<json> {
 public:
  auto null() -> bool override { return true; }
  auto boolean(bool) -> bool override { return true; }
  auto number_integer(std::int64_t) -> bool override { return true; }
  auto number_unsigned(std::uint64_t) -> bool override { return true; }
  auto number_float(double, const std::string&) -> bool override { return true; }
  auto string(std::string&) -> bool override { return true; }
  auto binary(json::binary_t&) -> bool override { return true; }
  auto start_array(std::size_t) -> bool override { return true; }
  auto end_array() -> bool override { return true; }
  auto start_object(std::size_t) -> bool override {
    begins_.push_back(keys_.size());
    return true;
  }
  auto key(std::string& name) -> bool override {
    keys_.push_back(std::move(name));
    return true;
  }
  /// Sorted once: to look each key up as it comes would cost the square of their number.
  auto end_object() -> bool override {
    const auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(begins_.back());
    std::sort(begin, keys_.end());
    const bool is_sound = std::adjacent_find(begin, keys_.end()) == keys_.end();
    keys_.erase(begin, keys_.end());
    begins_.pop_back();
    return is_sound;
  }
  auto parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&)
      -> bool override {
    return false;
  }

 private:
  std::vector<std::string> keys_;    ///< of the objects that are open
  std::vector<std::size_t> begins_;  ///< where each of them begins
};

}  // namespace

auto parse_object(std::string_view text, std::size_t max_values) -> std::optional<json> {
  // The parser takes a NUL byte for the end, and would never look at what follows.
  if (text.find('\0') != std::string_view::npos || !is_small(text, max_values))
    return std::nullopt;
  repetition_finder all;
  if (!json::sax_parse(text, &all)) return std::nullopt;
  auto value = json::parse(text, nullptr, false);
  if (!value.is_object()) return std::nullopt;
  return value;
}

}  // namespace parley::net::auth
