#include "actors/conversation/post_lines.hpp"

#include <algorithm>

namespace parley::actors {

auto post_lines::find(const chat::user_id& user) -> line* {
  const auto at =
      std::find_if(lines_.begin(), lines_.end(), [&](const line& one) { return one.user == user; });
  return at == lines_.end() ? nullptr : &*at;
}

auto post_lines::users() const -> std::vector<chat::user_id> {
  std::vector<chat::user_id> all;
  for (const auto& one : lines_) all.push_back(one.user);
  return all;
}

auto post_lines::waiting(const chat::user_id& user) -> std::deque<post>* {
  auto* const at = find(user);
  return at == nullptr ? nullptr : &at->waiting;
}

void post_lines::begin_look_up(const chat::user_id& user) {
  auto* at = find(user);
  if (at == nullptr) at = &lines_.emplace_back(line{user, 0, {}});
  ++at->asked;
}

void post_lines::end_look_up(const chat::user_id& user) {
  --find(user)->asked;
}

auto post_lines::take_next(const chat::user_id& user) -> std::optional<post> {
  auto* const at = find(user);
  if (at == nullptr || at->asked != 0) return std::nullopt;
  if (at->waiting.empty()) {
    lines_.erase(lines_.begin() + (at - lines_.data()));
    return std::nullopt;
  }
  std::optional next{std::move(at->waiting.front())};
  at->waiting.pop_front();
  return next;
}

auto post_lines::take_all() -> std::vector<post> {
  std::vector<post> all;
  for (auto& one : lines_)
    for (auto& next : std::exchange(one.waiting, {})) all.push_back(std::move(next));
  return all;
}

}  // namespace parley::actors
