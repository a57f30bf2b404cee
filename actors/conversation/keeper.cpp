#include "actors/conversation/keeper.hpp"

#include <algorithm>

namespace parley::actors {

using std::chrono::milliseconds;

conversation_keeper::conversation_keeper(caf::actor_config& config, actor_host& host,
                                         environment& env)
    : pinned_actor(config, host), env_(env) {}

auto conversation_keeper::make_behavior() -> caf::behavior {
  return {
      [this](idle_atom) { check_idle(); },
      [this](tick_atom) { check_owing(); },
  };
}

// -- idle conversations -----------------------------------------------------------------------------

auto conversation_keeper::enter(caf::actor who) -> place {
  const auto made = uses_.insert(uses_.end(), {std::move(who), env_.clock.steady_now()});
  check_idle_later();
  return made;
}

void conversation_keeper::note_use(place who) {
  uses_.splice(uses_.end(), is_idle(who) ? told_ : uses_, who);
  who->at = env_.clock.steady_now();
  check_idle_later();
}

void conversation_keeper::leave(place who) { (is_idle(who) ? told_ : uses_).erase(who); }

void conversation_keeper::check_idle() {
  idle_tick_ = false;
  const auto limit = env_.clock.steady_now() - milliseconds{env_.options.chat.idle_ms};
  while (!uses_.empty() && uses_.front().at <= limit) {
    auto& one = uses_.front();
    one.at = never;
    send(one.who, idle_atom::value);
    told_.splice(told_.end(), uses_, uses_.begin());
  }
  check_idle_later();
}

/// When the first in line may be idle long enough. Those behind it are not before.
void conversation_keeper::check_idle_later() {
  if (uses_.empty() || std::exchange(idle_tick_, true)) return;
  const auto due = uses_.front().at + milliseconds{env_.options.chat.idle_ms};
  const auto wait = std::chrono::ceil<milliseconds>(due - env_.clock.steady_now());
  delayed_send(this, std::max(wait, milliseconds{1}), idle_atom::value);
}

// -- conversations that may owe an answer -----------------------------------------------------------

void conversation_keeper::watch(caf::actor who) {
  if (owing_.empty()) delayed_send(this, owing_interval, tick_atom::value);
  owing_.push_back(std::move(who));
}

void conversation_keeper::unwatch(const caf::actor& who) { std::erase(owing_, who); }

void conversation_keeper::check_owing() {
  for (const auto& who : std::exchange(owing_, {})) send(who, tick_atom::value);
}

auto spawn_keeper(caf::actor_system& system, actor_host& host, environment& env)
    -> resident<conversation_keeper> {
  return spawn_resident<conversation_keeper>(system, host, env);
}

}  // namespace parley::actors
