// How far the members of a conversation have come, and what that makes of a message's status.

#include <algorithm>
#include <limits>

#include "chat/conversation.hpp"

namespace parley::chat {

auto conversation::move_cursor(const user_id& user, message_status status,
                               std::uint64_t up_to_seq, timestamp now)
    -> std::optional<std::uint64_t> {
  const auto place = place_of(user);
  if (!place || status == message_status::sent) return std::nullopt;
  const auto target = up_to_seq == 0 ? last_seq() : std::min(up_to_seq, last_seq());
  auto& at = standings_[*place].cursors;
  if (status == message_status::read && target > at.read_seq) {
    at.read_seq = target;
    at.read_at = now;
    if (target > at.delivered_seq) {
      at.delivered_seq = target;
      at.delivered_at = now;
    }
    return target;
  }
  if (status == message_status::delivered && target > at.delivered_seq) {
    at.delivered_seq = target;
    at.delivered_at = now;
    return target;
  }
  return std::nullopt;
}

void conversation::carry_cursors(const conversation& previous) {
  for (std::size_t i = 0; i < previous.standings_.size(); ++i) {
    const auto& old = previous.standings_[i];
    const auto place = place_of((*previous.participants_)[i]);
    if (!place) continue;
    standings_[*place].cursors.advance(old.cursors, last_seq());
  }
}

auto conversation::cursors_as_seen(std::size_t place, const user_id& viewer) const
    -> const cursors& {
  const auto& user = (*participants_)[place];
  const auto at = std::find_if(blocks_.begin(), blocks_.end(), [&](const block& b) {
    return b.by == user && b.whom == viewer;
  });
  return at == blocks_.end() ? standings_[place].cursors : at->held;
}

auto conversation::cursors_as_seen_by(const user_id& viewer) const -> std::vector<member_cursors> {
  std::vector<member_cursors> all;
  if (is_large()) return all;
  all.reserve(standings_.size());
  for (std::size_t i = 0; i < standings_.size(); ++i)
    all.push_back({(*participants_)[i], cursors_as_seen(i, viewer)});
  return all;
}

auto conversation::view(entry message) const -> message_view {
  constexpr auto all = std::numeric_limits<std::uint64_t>::max();
  cursors slowest{all, {}, all, {}};
  bool anybody = false;
  const auto sender = place_of(message.actor).value_or(standings_.size());
  for (std::size_t i = 0; i < standings_.size(); ++i) {
    if (standings_[i].after_seq >= message.seq || i == sender) continue;
    anybody = true;
    const auto& at = cursors_as_seen(i, message.actor);
    slowest.delivered_seq = std::min(slowest.delivered_seq, at.delivered_seq);
    slowest.delivered_at = std::max(slowest.delivered_at, at.delivered_at);
    slowest.read_seq = std::min(slowest.read_seq, at.read_seq);
    slowest.read_at = std::max(slowest.read_at, at.read_at);
  }
  return view_with(std::move(message), anybody ? slowest : cursors{});
}

auto view_with(entry message, const cursors& slowest) -> message_view {
  message_view seen{std::move(message), message_status::sent, {}, {}};
  if (slowest.delivered_seq >= seen.message.seq) {
    seen.status = message_status::delivered;
    seen.delivered_at = slowest.delivered_at;
  }
  if (slowest.read_seq >= seen.message.seq) {
    seen.status = message_status::read;
    seen.read_at = slowest.read_at;
  }
  return seen;
}

}  // namespace parley::chat
