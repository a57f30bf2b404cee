#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "chat/ids.hpp"

namespace parley::storage::foreign {

/// How 16 bytes of a column stand for a GUID.
///
/// @source MySqlConnector's GuidFormat: Binary16, LittleEndianBinary16 (what Guid.ToByteArray makes,
///         and EF Core's own converter to bytes, and OldGuids), TimeSwapBinary16 (UUID_TO_BIN(x, 1))
enum class guid_order : std::uint8_t { big_endian, little_endian, time_swapped };

inline constexpr std::array guid_orders{guid_order::big_endian, guid_order::little_endian,
                                        guid_order::time_swapped};

/// "big-endian", "little-endian", "time-swapped": as the option --guids spells them.
auto to_string(guid_order order) -> std::string_view;
auto parse_guid_order(std::string_view word) -> std::optional<guid_order>;

/// Nothing when there are not 16 bytes.
auto guid_of(std::string_view bytes, guid_order order) -> std::optional<chat::uuid>;

/// 36 characters, 32 without dashes, or either in braces; in any case.
auto parse_guid(std::string_view text) -> std::optional<chat::uuid>;

/// Ids of one kind, and which orders of bytes they may have: real GUIDs carry a version in one
/// place, and in a wrong order another byte stands there.
class guid_vote {
 public:
  /// Anything but 16 bytes is passed over.
  void see(std::string_view bytes);
  /// Different ones.
  auto seen() const -> std::size_t { return seen_.size(); }
  /// Has each a version in this order?
  auto fits(guid_order order) const -> bool;
  /// False for ids that have no version in any: those that some generators make.
  auto speaks() const -> bool;

 private:
  std::set<std::string, std::less<>> seen_;
  std::array<bool, guid_orders.size()> fits_{true, true, true};
};

/// The order that all of the votes that speak agree on; nothing unless it is exactly one, and they
/// have seen at least eight different ids.
auto agreed_order(std::span<const guid_vote> votes) -> std::optional<guid_order>;

}  // namespace parley::storage::foreign
