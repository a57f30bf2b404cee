#include "actors/conversation/typing.hpp"

#include <algorithm>
#include <iterator>
#include <memory>

namespace parley::actors {
namespace {

/// A typist who keeps calling StartTyping is announced again only this often.
constexpr std::chrono::milliseconds typing_repeat{3'000};

}  // namespace

auto typists::find(const chat::user_id& user) -> typist* {
  const auto at =
      std::find_if(all_.begin(), all_.end(), [&](const typist& t) { return t.user == user; });
  return at == all_.end() ? nullptr : &*at;
}

auto typists::begin(const chat::user_id& user, time now, time until) -> bool {
  auto* at = find(user);
  if (at == nullptr) at = &all_.emplace_back(typist{user, {}, {}, {}});
  at->until = until;
  const bool is_due = at->announced == time{} || now - at->announced >= typing_repeat;
  if (is_due) at->announced = now;
  return is_due;
}

auto typists::announced(const chat::user_id& user) const -> std::optional<time> {
  for (const auto& one : all_)
    if (one.user == user) return one.announced;
  return std::nullopt;
}

void typists::note_told(const chat::user_id& user, const chat::people& blocked) {
  auto* const at = find(user);
  if (at == nullptr) return;
  if (!at->spared) {
    at->spared = blocked;
    return;
  }
  // Told twice: spared is who has heard of neither.
  std::vector<chat::user_id> both;
  std::copy_if(at->spared->begin(), at->spared->end(), std::back_inserter(both),
               [&](const chat::user_id& one) {
                 return std::find(blocked->begin(), blocked->end(), one) != blocked->end();
               });
  at->spared = std::make_shared<const std::vector<chat::user_id>>(std::move(both));
}

auto typists::end(const chat::user_id& user) -> chat::people {
  const auto* const at = find(user);
  if (at == nullptr) return nullptr;
  auto spared = at->spared;
  all_.erase(all_.begin() + (at - all_.data()));
  return spared;
}

auto typists::over(time now) const -> std::vector<chat::user_id> {
  std::vector<chat::user_id> users;
  for (const auto& one : all_)
    if (one.until <= now) users.push_back(one.user);
  return users;
}

auto typists::next_end() const -> time {
  return std::min_element(all_.begin(), all_.end(),
                          [](const auto& a, const auto& b) { return a.until < b.until; })
      ->until;
}

}  // namespace parley::actors
