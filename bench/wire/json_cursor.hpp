#pragma once

#include <cstdint>
#include <string_view>

namespace parley::bench {

/// Walks over JSON bytes without building a document. Made for well-formed input that arrives a
/// hundred thousand times per second: it stops at the first thing it does not understand, and
/// does not unescape. Every function returns false there.
class json_cursor {
 public:
  explicit json_cursor(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  /// The next byte after white space; 0 at the end.
  auto peek() -> char {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    return at_ == end_ ? '\0' : *at_;
  }
  /// Steps over `c` if it comes next.
  auto take(char c) -> bool {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  /// A string's raw bytes, without the quotes, escapes left as they are.
  auto read_string(std::string_view& out) -> bool;
  auto read_integer(std::int64_t& out) -> bool;
  auto skip_value() -> bool;
  /// Inside an object: the next key and its colon; false at the closing brace, which the caller
  /// takes, or at an error.
  auto next_key(std::string_view& key) -> bool;

 private:
  auto skip_nested() -> bool;

  const char* at_;
  const char* end_;
};

}  // namespace parley::bench
