#include "net/fan_out/roster.hpp"

#include <algorithm>

namespace parley::net {
namespace {

auto has_joined(const roster::seat& who, const roster::rooms::value_type* place) -> bool {
  return std::find(who.joined.begin(), who.joined.end(), place) != who.joined.end();
}

}  // namespace

void roster::add(std::uint64_t key, event_listener& listener, const chat::user_id& user) {
  auto& of_user = *users_.try_emplace(user).first;
  auto& made = seats_.try_emplace(key, seat{key, &listener, of_user.first}).first->second;
  of_user.second.push_back(&made);
  ++epoch_;
}

void roster::remove(std::uint64_t key) {
  const auto at = seats_.find(key);
  if (at == seats_.end()) return;
  auto& who = at->second;
  while (!who.joined.empty()) leave(who, rooms_.find(who.joined.back()->first));
  const auto user = users_.find(who.user);
  std::erase(user->second, &who);
  seats_.erase(at);
  if (user->second.empty()) users_.erase(user);
  ++epoch_;
}

void roster::join(std::uint64_t key, const chat::conversation_id& conversation) {
  const auto at = seats_.find(key);
  if (at == seats_.end()) return;
  auto& place = *rooms_.try_emplace(conversation).first;
  if (has_joined(at->second, &place)) return;
  at->second.joined.push_back(&place);
  place.second.subscribed.push_back(&at->second);
  ++epoch_;
}

void roster::leave(std::uint64_t key, const chat::conversation_id& conversation) {
  const auto at = seats_.find(key);
  const auto place = rooms_.find(conversation);
  if (at != seats_.end() && place != rooms_.end()) leave(at->second, place);
}

void roster::leave(seat& who, rooms::iterator place) {
  if (std::erase(who.joined, &*place) == 0) return;
  std::erase(place->second.subscribed, &who);
  if (place->second.subscribed.empty()) rooms_.erase(place);
  ++epoch_;
}

void roster::leave_all(const chat::user_id& user, const chat::conversation_id& conversation) {
  for (const auto* who : of_user(user)) leave(who->key, conversation);
}

void roster::rest(const chat::conversation_id& conversation) {
  const auto at = rooms_.find(conversation);
  if (at == rooms_.end()) return;
  at->second.participants = nullptr;
  at->second.audience = {};
  at->second.epoch = 0;
}

auto roster::unclaimed::covers(const chat::conversation_id& one) const -> bool {
  return !is_known || std::ranges::binary_search(conversations, one);
}

auto roster::find(std::uint64_t key) -> seat* {
  const auto at = seats_.find(key);
  return at == seats_.end() ? nullptr : &at->second;
}

auto roster::of_user(const chat::user_id& user) const -> std::span<seat* const> {
  const auto at = users_.find(user);
  return at == users_.end() ? std::span<seat* const>{} : std::span<seat* const>{at->second};
}

auto roster::identity_of(const chat::user_id& user) const -> const chat::user_id* {
  const auto at = users_.find(user);
  return at == users_.end() ? nullptr : &at->first;
}

auto roster::everyone() -> std::vector<seat*> {
  std::vector<seat*> all;
  all.reserve(seats_.size());
  for (auto& [key, who] : seats_) all.push_back(&who);
  return all;
}

auto roster::audience_of(const chat::conversation_id& conversation,
                         const chat::people& participants) -> const audience& {
  const auto at = rooms_.find(conversation);
  if (at == rooms_.end()) return scratch_ = resolve(nullptr, participants);
  auto& place = at->second;
  if (place.participants != participants || place.epoch != epoch_) {
    place.subscribed.shrink_to_fit();  // they joined one by one
    place.audience = participants ? resolve(&*at, participants)
                                  : audience{place.subscribed, {}};
    place.participants = participants;
    place.epoch = epoch_;
  }
  return place.audience;
}

/// @param place null: nobody here joined
auto roster::resolve(const rooms::value_type* place, const chat::people& participants) const
    -> audience {
  audience found;
  if (!participants) return found;
  if (place != nullptr) found.joined.reserve(place->second.subscribed.size());
  for (const auto& user : *participants)
    for (auto* who : of_user(user))
      (has_joined(*who, place) ? found.joined : found.others).push_back(who);
  return found;
}

}  // namespace parley::net
