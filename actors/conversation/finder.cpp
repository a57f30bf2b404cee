#include "actors/conversation/finder.hpp"

namespace parley::actors {

conversation_finder::conversation_finder(caf::actor_config& config, actor_host& host,
                                         environment& env)
    : pinned_actor(config, host), env_(env) {}

auto conversation_finder::make_behavior() -> caf::behavior {
  return {
      [this](const find_conversation& what) { on_find(what.id); },
      [this](const conversation_retired& what) {
        forget(what.id, what.owner);
        ++departures_;
      },
  };
}

void conversation_finder::on_exit() { ways_.clear(); }

auto conversation_finder::owner_of(const chat::conversation_id& id, std::uint64_t seen) const
    -> caf::actor {
  const auto at = ways_.find(id);
  return at == ways_.end() || at->second.since > seen ? caf::actor{} : at->second.owner;
}

void conversation_finder::forget(const chat::conversation_id& id, caf::actor_id owner) {
  const auto at = ways_.find(id);
  if (at != ways_.end() && at->second.owner.id() == owner) ways_.erase(at);
}

/// The registry's answer and its conversation_retired come in the order in which it sent them: no
/// owner is noted after its end is known.
void conversation_finder::on_find(const chat::conversation_id& id) {
  auto reply = make_response_promise();
  if (auto owner = owner_of(id, departures_)) return reply.deliver(std::move(owner));
  request(env_.registry, caf::infinite, find_conversation{id})
      .then([this, id, reply](const caf::actor& owner) mutable {
              ways_[id] = {owner, departures_};
              reply.deliver(owner);
            },
            [reply](const caf::error& why) mutable { reply.deliver(why); });
}

auto spawn_finder(caf::actor_system& system, actor_host& host, environment& env)
    -> resident<conversation_finder> {
  return spawn_resident<conversation_finder>(system, host, env);
}

}  // namespace parley::actors
