#pragma once

#include <cstdint>
#include <string_view>

namespace parley::bench {

/// Walks over MessagePack bytes without building a document; the binary sister of json_cursor.
/// Every function returns false at the first thing it does not understand, or at the end.
class msgpack_cursor {
 public:
  explicit msgpack_cursor(std::string_view bytes) : bytes_(bytes) {}

  auto is_at_end() const -> bool { return bytes_.empty(); }
  auto is_string() const -> bool;
  auto is_map() const -> bool;
  auto read_integer(std::int64_t& out) -> bool;
  auto read_string(std::string_view& out) -> bool;
  auto read_array(std::uint32_t& count) -> bool;
  auto read_map(std::uint32_t& count) -> bool;
  auto skip_value() -> bool;

 private:
  auto peek() const -> std::uint8_t;
  auto take(std::size_t count, std::string_view& out) -> bool;
  auto read_number(std::size_t bytes, std::uint64_t& out) -> bool;
  auto read_count(std::uint8_t fixed, std::uint8_t fixed_mask, std::uint8_t wide,
                  std::uint32_t& count) -> bool;
  auto skip_items(std::uint64_t count) -> bool;

  std::string_view bytes_;
};

}  // namespace parley::bench
