#include "storage/blobs/file_name.hpp"

#include <algorithm>
#include <array>

#include "storage/blobs/hmac.hpp"

namespace parley::storage::blobs {
namespace {

/// U+202A..U+202E and U+2066..U+2069.
constexpr std::array<std::string_view, 9> turns{
    "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac", "\xe2\x80\xad", "\xe2\x80\xae",
    "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9"};

auto harmless(std::string_view name) -> std::string {
  std::string made;
  while (!name.empty()) {
    const bool is_path = name.front() == '/' || name.front() == '\\';
    const bool is_turn = std::any_of(turns.begin(), turns.end(),
                                     [&](auto turn) { return name.starts_with(turn); });
    made += is_path || is_turn ? '_' : name.front();
    name.remove_prefix(is_turn ? 3 : 1);
  }
  return made;
}

}  // namespace

auto content_disposition(std::string_view name) -> std::string {
  return "attachment; filename*=UTF-8''" + percent_encode(harmless(name));
}

}  // namespace parley::storage::blobs
