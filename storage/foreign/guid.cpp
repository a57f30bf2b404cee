#include "storage/foreign/guid.hpp"

#include <algorithm>
#include <cstring>

namespace parley::storage::foreign {
namespace {

using places = std::array<std::uint8_t, 16>;

/// Where each byte of a GUID, as its text has them, lies in the column.
constexpr std::array<places, guid_orders.size()> layouts{{
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15},
    {4, 5, 6, 7, 2, 3, 0, 1, 8, 9, 10, 11, 12, 13, 14, 15},
}};

constexpr std::array<std::string_view, guid_orders.size()> words{"big-endian", "little-endian",
                                                                 "time-swapped"};

auto index_of(guid_order order) -> std::size_t {
  return static_cast<std::size_t>(order);
}

/// Of a variant and a version that programs make: by time, at random, or both (RFC 9562).
auto has_version(const chat::uuid& id) -> bool {
  const int version = id.bytes[6] >> 4;
  const bool is_variant = (id.bytes[8] & 0xc0) == 0x80;
  return is_variant && (version == 1 || version == 4 || version == 7);
}

auto with_dashes(std::string_view digits) -> std::string {
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) text += '-';
    text += digits[i];
  }
  return text;
}

}  // namespace

auto to_string(guid_order order) -> std::string_view {
  return words[index_of(order)];
}

auto parse_guid_order(std::string_view word) -> std::optional<guid_order> {
  for (const auto order : guid_orders)
    if (to_string(order) == word) return order;
  return std::nullopt;
}

auto guid_of(std::string_view bytes, guid_order order) -> std::optional<chat::uuid> {
  chat::uuid id;
  if (bytes.size() != id.bytes.size()) return std::nullopt;
  const auto& from = layouts[index_of(order)];
  for (std::size_t i = 0; i < from.size(); ++i)
    id.bytes[i] = static_cast<std::uint8_t>(bytes[from[i]]);
  return id;
}

auto parse_guid(std::string_view text) -> std::optional<chat::uuid> {
  constexpr std::size_t digits = 32;
  const bool is_braced = text.size() > 2 && text.front() == '{' && text.back() == '}';
  if (is_braced) text = text.substr(1, text.size() - 2);
  return text.size() == digits ? chat::parse_uuid(with_dashes(text)) : chat::parse_uuid(text);
}

void guid_vote::see(std::string_view bytes) {
  if (bytes.size() != 16 || !seen_.emplace(bytes).second) return;
  for (const auto order : guid_orders)
    fits_[index_of(order)] &= has_version(*guid_of(bytes, order));
}

auto guid_vote::fits(guid_order order) const -> bool {
  return fits_[index_of(order)];
}

auto guid_vote::speaks() const -> bool {
  return seen() > 0 && std::ranges::find(fits_, true) != fits_.end();
}

auto agreed_order(std::span<const guid_vote> votes) -> std::optional<guid_order> {
  constexpr std::size_t enough = 8;
  std::size_t seen = 0;
  for (const auto& each : votes) seen += each.speaks() ? each.seen() : 0;
  std::optional<guid_order> found;
  for (const auto order : guid_orders) {
    const auto agrees = [&](const guid_vote& vote) { return !vote.speaks() || vote.fits(order); };
    if (!std::ranges::all_of(votes, agrees)) continue;
    if (found) return std::nullopt;
    found = order;
  }
  return seen < enough ? std::nullopt : found;
}

}  // namespace parley::storage::foreign
