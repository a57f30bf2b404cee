#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/time.hpp"

namespace parley::chat {

/// 128 bits in network order; text form is the lower-case GUID of RFC 9562, section 4.
struct uuid {
  std::array<std::uint8_t, 16> bytes{};

  auto is_nil() const -> bool { return *this == uuid{}; }
  friend auto operator<=>(const uuid&, const uuid&) = default;
};

auto guid(const uuid& id) -> std::array<char, 36>;
auto to_string(const uuid& id) -> std::string;

/// Accepts the 36-character GUID form in either case; nothing else.
auto parse_uuid(std::string_view text) -> std::optional<uuid>;

/// A uuid that names one kind of thing, so that a message id cannot be passed for a conversation's.
template <class Tag>
struct tagged_id {
  uuid value;

  auto is_nil() const -> bool { return value.is_nil(); }
  friend auto operator<=>(const tagged_id&, const tagged_id&) = default;
  friend auto to_string(const tagged_id& id) -> std::string { return to_string(id.value); }

  static auto parse(std::string_view text) -> std::optional<tagged_id> {
    const auto parsed = parse_uuid(text);
    return parsed ? std::optional<tagged_id>{tagged_id{*parsed}} : std::nullopt;
  }
  template <class Inspector>
  friend auto inspect(Inspector& f, tagged_id& x) {
    return f(x.value.bytes);
  }
};

using conversation_id = tagged_id<struct conversation_tag>;
using message_id = tagged_id<struct message_tag>;

/// The lobby that every user may join.
auto lobby_id() -> conversation_id;

/// Who somebody is: the `sub` of a token. 1..64 visible ASCII characters, compared exactly.
struct user_id {
  std::string value;

  friend auto operator<=>(const user_id&, const user_id&) = default;
  template <class Inspector>
  friend auto inspect(Inspector& f, user_id& x) {
    return f(x.value);
  }
};

/// Users, shared and never changed: whoever holds them sees the same ones for ever.
using people = std::shared_ptr<const std::vector<user_id>>;

/// Begins the user id of everybody who came without a token; no token may claim such an id.
inline constexpr std::string_view guest_prefix = "guest:";
/// Is this the id of somebody who has not signed in?
inline auto is_guest(const user_id& user) -> bool { return user.value.starts_with(guest_prefix); }

/// True for 1..64 visible ASCII characters (0x21..0x7e): user ids and client message ids.
auto is_visible_ascii_id(std::string_view text) -> bool;

/// 128 random bits as 22 characters of base64url, for what only its holder may know. @thread any
auto random_code() -> std::string;

/// Where new ids come from; a test hands in a counting one.
class id_source {
 public:
  virtual ~id_source() = default;
  /// A new UUIDv7 for `now`. @thread any
  virtual auto next(timestamp now) -> uuid = 0;
};

/// UUIDv7 (RFC 9562, section 5.7): milliseconds, a 12-bit counter that keeps ids of one thread
/// ascending, 62 random bits from getrandom(2). @thread any
auto system_ids() -> id_source&;

}  // namespace parley::chat

template <class Tag>
struct std::hash<parley::chat::tagged_id<Tag>> {
  auto operator()(const parley::chat::tagged_id<Tag>& id) const noexcept -> std::size_t {
    // The low half of a version 7 id is random; mixed, as clients may choose ids to look up.
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, id.value.bytes.data(), 8);
    std::memcpy(&low, id.value.bytes.data() + 8, 8);
    return (low ^ (high >> 7)) * 0x9e3779b97f4a7c15ull;
  }
};

template <>
struct std::hash<parley::chat::user_id> {
  auto operator()(const parley::chat::user_id& id) const noexcept -> std::size_t {
    return std::hash<std::string>{}(id.value);
  }
};
