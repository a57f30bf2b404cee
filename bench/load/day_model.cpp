#include "bench/load/day_model.hpp"

#include <algorithm>
#include <cmath>

namespace parley::bench {
namespace {

constexpr std::uint32_t direct_size = 2;
constexpr std::uint32_t small_size = 8;
constexpr std::uint32_t large_size = 100;
constexpr std::uint32_t small_per_100_users = 50;

}  // namespace

day_model::day_model(std::uint64_t seed, std::uint32_t users, double rate)
    : random_(seed),
      rate_(rate),
      conversations_(users),
      is_there_(users),
      typing_in_(users, -1) {
  found(users, direct_size);
  found(users * small_per_100_users / 100, small_size);
  found(std::max(1U, users / large_size), std::min(users, large_size));
  for (std::uint32_t user = 0; user < users; ++user) {
    is_there_[user] = below(10) < 7 || user < 2;
    there_ += is_there_[user] ? 1 : 0;
  }
}

auto day_model::below(std::uint32_t limit) -> std::uint32_t {
  // std::uniform_int_distribution differs between libraries; the bias of this one is 2^-32.
  return static_cast<std::uint32_t>((random_() >> 32) * limit >> 32);
}

void day_model::found(std::uint32_t count, std::uint32_t size) {
  const auto users = static_cast<std::uint32_t>(conversations_.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    std::vector<std::uint32_t> who{size == direct_size ? i : below(users)};
    // Nobody's partner is half way round or more, so that no two meet twice.
    if (size == direct_size) who.push_back((i + 1 + below((users - 1) / 2)) % users);
    while (who.size() < size) {
      const auto user = below(users);
      if (std::find(who.begin(), who.end(), user) == who.end()) who.push_back(user);
    }
    for (const auto user : who)
      conversations_[user].push_back(static_cast<std::uint32_t>(members_.size()));
    members_.push_back(std::move(who));
  }
}

auto day_model::someone_there() -> std::uint32_t {
  const auto users = static_cast<std::uint32_t>(is_there_.size());
  for (auto user = below(users);; user = below(users))
    if (is_there_[user]) return user;
}

auto day_model::conversation_to_post(std::uint32_t user) -> std::uint32_t {
  const auto dice = below(10);
  const auto size = dice < 5 ? direct_size : dice < 9 ? small_size : large_size;
  std::vector<std::uint32_t> fitting;
  for (const auto one : conversations_[user]) {
    const auto count = members_[one].size();
    const bool is_large = count > small_size;
    if (size == large_size ? is_large : count == size) fitting.push_back(one);
  }
  const auto& from = fitting.empty() ? conversations_[user] : fitting;
  return from[below(static_cast<std::uint32_t>(from.size()))];
}

auto day_model::come_or_go(day_action made) -> day_action {
  made.user = below(static_cast<std::uint32_t>(is_there_.size()));
  if (there_ == 1 && is_there_[made.user]) made.user = made.user == 0 ? 1 : 0;
  const bool comes = !is_there_[made.user];
  made.what = comes ? day_action::kind::come : day_action::kind::go;
  is_there_[made.user] = comes;
  there_ += comes ? 1U : -1U;
  typing_in_[made.user] = -1;
  return made;
}

auto day_model::type(day_action made) -> day_action {
  auto& at = typing_in_[made.user];
  const bool begins = at < 0;
  made.what = begins ? day_action::kind::type : day_action::kind::stop_typing;
  if (!begins) made.conversation = static_cast<std::uint32_t>(at);
  at = begins ? static_cast<std::int64_t>(made.conversation) : -1;
  return made;
}

auto day_model::next() -> day_action {
  const double share = static_cast<double>((random_() >> 11) + 1) / 9007199254740992.0;  // 2^53
  now_s_ += -std::log(share) / rate_;
  day_action made;
  made.at_ns = static_cast<std::int64_t>(now_s_ * 1e9);
  const auto dice = below(100);
  if (dice >= 94) return come_or_go(made);
  made.user = someone_there();
  made.conversation = conversation_to_post(made.user);
  if (dice < 40) return made;
  if (dice >= 60 && dice < 80) return type(made);
  made.what = dice < 60   ? day_action::kind::read
              : dice < 90 ? day_action::kind::history
                          : day_action::kind::chats;
  return made;
}

}  // namespace parley::bench
