#include "actors/session/user_budgets.hpp"

#include <algorithm>

#include "actors/environment.hpp"

namespace parley::actors {
namespace {

auto take_from(chat::token_bucket& bucket, user_budget::steady now) -> user_budget::verdict {
  if (bucket.take(now)) return std::nullopt;
  return bucket.wait(now);
}

}  // namespace

user_budget::user_budget(const config::limit_options& limits)
    : sends_(limits.sends_per_s, limits.sends_burst),
      sends_of_minute_(limits.sends_per_min / 60, limits.sends_per_min),
      signals_(limits.signals_per_s, limits.signals_burst),
      calls_(limits.invocations_per_s, limits.invocations_burst) {}

auto user_budget::take_send(steady now) -> verdict {
  const std::lock_guard lock{mutex_};
  if (const auto wait = take_from(sends_, now)) return wait;
  return take_from(sends_of_minute_, now);
}

auto user_budget::take_signal(steady now) -> verdict {
  const std::lock_guard lock{mutex_};
  return take_from(signals_, now);
}

auto user_budget::take_call(steady now) -> verdict {
  const std::lock_guard lock{mutex_};
  return take_from(calls_, now);
}

auto user_budget::is_full(steady now) -> bool {
  const std::lock_guard lock{mutex_};
  return sends_.is_full(now) && sends_of_minute_.is_full(now) && signals_.is_full(now) &&
         calls_.is_full(now);
}

auto user_budgets::of(const chat::user_id& user) -> std::shared_ptr<user_budget> {
  const std::lock_guard lock{mutex_};
  if (budgets_.size() > sweep_at_) forget_full();
  auto& kept = budgets_[user];
  if (!kept) kept = std::make_shared<user_budget>(limits_);
  return kept;
}

void user_budgets::forget_full() {
  const auto now = std::chrono::steady_clock::now();
  std::erase_if(budgets_, [now](const auto& one) {
    return one.second.use_count() == 1 && one.second->is_full(now);
  });
  sweep_at_ = std::max<std::size_t>(1'024, budgets_.size() * 2);
}

auto over_rate(const char* why, std::chrono::milliseconds wait, prometheus::Counter& limit)
    -> chat::unexpected {
  limit.Increment();
  return chat::unexpected{
      chat::error{chat::errc::rate_limited, why, static_cast<std::uint32_t>(wait.count())}};
}

auto charge_call(environment& env, user_budget& of) -> chat::expected<void> {
  if (const auto wait = of.take_call(env.clock.steady_now()))
    return over_rate("too many calls from this user", *wait, env.metrics.limits.invocations);
  return {};
}

auto charge_call(environment& env, const chat::user_id& who) -> chat::expected<void> {
  if (!env.options.limits.enabled || who.value.empty()) return {};
  return charge_call(env, *env.budgets->of(who));
}

}  // namespace parley::actors
