#include "chat/member_index.hpp"

#include <algorithm>
#include <numeric>

namespace parley::chat {
namespace {

auto by_id(member_index::users all) {
  return [all](std::uint32_t one, std::uint32_t other) { return all[one] < all[other]; };
}

}  // namespace

void member_index::build(users all) {
  places_.clear();
  if (all.size() > most_without) grow(all, 0);
}

void member_index::grow(users all, std::size_t before) {
  if (places_.size() < before) before = 0;  // it was short
  if (all.size() <= most_without) return;
  places_.resize(all.size());
  const auto fresh = places_.begin() + static_cast<std::ptrdiff_t>(before);
  std::iota(fresh, places_.end(), static_cast<std::uint32_t>(before));
  std::sort(fresh, places_.end(), by_id(all));
  std::inplace_merge(places_.begin(), fresh, places_.end(), by_id(all));
}

void member_index::drop(std::size_t place, std::size_t left) {
  if (left <= most_without) return places_.clear();
  std::erase(places_, static_cast<std::uint32_t>(place));
  for (auto& one : places_)
    if (one > place) --one;
}

auto member_index::find(users all, const user_id& user) const -> std::optional<std::size_t> {
  if (places_.empty()) {
    const auto at = std::find(all.begin(), all.end(), user);
    if (at == all.end()) return std::nullopt;
    return static_cast<std::size_t>(at - all.begin());
  }
  const auto at = std::lower_bound(
      places_.begin(), places_.end(), user,
      [all](std::uint32_t one, const user_id& wanted) { return all[one] < wanted; });
  if (at == places_.end() || all[*at] != user) return std::nullopt;
  return *at;
}

}  // namespace parley::chat
