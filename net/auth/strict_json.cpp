#include "net/auth/strict_json.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace parley::net::auth {
namespace {

/// Brackets outside strings; on text that is no JSON any answer will do.
auto is_shallow(std::string_view text) -> bool {
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
  }
  return true;
}

/// The keys of the objects that are open while parsing; true from `see` for one seen before.
class open_objects {
 public:
  void enter() { keys_.emplace_back(); }
  void leave() { keys_.pop_back(); }
  auto see(const std::string& key) -> bool {
    auto& own = keys_.back();
    const bool is_known = std::ranges::find(own, key) != own.end();
    own.push_back(key);
    return is_known;
  }

 private:
  std::vector<std::vector<std::string>> keys_;
};

}  // namespace

auto parse_object(std::string_view text) -> std::optional<nlohmann::json> {
  // The parser takes a NUL byte for the end, and would never look at what follows.
  if (text.find('\0') != std::string_view::npos || !is_shallow(text)) return std::nullopt;
  // Of a repeated key the parser would keep the last; others keep the first, and disagree.
  using event = nlohmann::json::parse_event_t;
  open_objects open;
  bool is_repeated = false;
  const auto watch = [&](int, event what, nlohmann::json& value) {
    if (what == event::object_start) open.enter();
    if (what == event::object_end) open.leave();
    if (what == event::key) is_repeated |= open.see(value.get_ref<const std::string&>());
    return true;
  };
  auto value = nlohmann::json::parse(text, watch, false);
  if (is_repeated || !value.is_object()) return std::nullopt;
  return value;
}

}  // namespace parley::net::auth
