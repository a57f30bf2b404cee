#include "bench/wire/json_cursor.hpp"

#include <charconv>
#include <cstring>

namespace parley::bench {

auto json_cursor::read_string(std::string_view& out) -> bool {
  if (!take('"')) return false;
  const char* const first = at_;
  while (at_ != end_) {
    const auto left = static_cast<std::size_t>(end_ - at_);
    const auto* const quote = static_cast<const char*>(std::memchr(at_, '"', left));
    if (quote == nullptr) return false;
    at_ = quote + 1;
    const char* back = quote;
    while (back != first && back[-1] == '\\') --back;
    if ((quote - back) % 2 != 0) continue;  // an escaped quote
    out = {first, static_cast<std::size_t>(quote - first)};
    return true;
  }
  return false;
}

auto json_cursor::read_integer(std::int64_t& out) -> bool {
  peek();
  const auto [stop, error] = std::from_chars(at_, end_, out);
  if (error != std::errc{}) return false;
  at_ = stop;
  return true;
}

auto json_cursor::skip_value() -> bool {
  std::string_view ignored;
  switch (peek()) {
    case '\0': return false;
    case '"': return read_string(ignored);
    case '{':
    case '[': return skip_nested();
    default: break;
  }
  while (at_ != end_ && *at_ != ',' && *at_ != '}' && *at_ != ']') ++at_;
  return true;
}

auto json_cursor::skip_nested() -> bool {
  std::string_view ignored;
  for (int depth = 0; at_ != end_;) {
    switch (*at_) {
      case '"':
        if (!read_string(ignored)) return false;
        continue;
      case '{':
      case '[': ++depth; break;
      case '}':
      case ']': --depth; break;
      default: break;
    }
    ++at_;
    if (depth == 0) return true;
  }
  return false;
}

auto json_cursor::next_key(std::string_view& key) -> bool {
  if (peek() == '}') return false;
  take(',');
  return read_string(key) && take(':');
}

}  // namespace parley::bench
