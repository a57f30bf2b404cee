#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "chat/ids.hpp"

namespace parley::chat {

/// Finds users in a list of members that somebody else holds: their places, in the order of ids. A
/// hash would be shorter, but who invents members could invent ones that collide. Few members have
/// none: looking through them costs as little.
class member_index {
 public:
  using users = std::span<const user_id>;

  /// Lists up to this long are looked through.
  static constexpr std::size_t most_without = 32;

  /// `all` is a new list.
  void build(users all);
  /// `all` has grown at its end: it had `before` before.
  void grow(users all, std::size_t before);
  /// The user at `place` was taken out of the list, which has `left` now.
  void drop(std::size_t place, std::size_t left);

  /// @returns its place in `all`, which must be the list told of last
  auto find(users all, const user_id& user) const -> std::optional<std::size_t>;

 private:
  std::vector<std::uint32_t> places_;  ///< by id; empty for a short list
};

}  // namespace parley::chat
