#pragma once

#include "actors/environment.hpp"
#include "actors/messages.hpp"
#include "actors/watched_actor.hpp"

namespace parley::actors {

/// Writes who has blocked whom, and answers when those who act on it know: presence, and the
/// conversation of the two. It outlives the sessions: a client that goes away meanwhile leaves no
/// block that is stored and not in force.
///
/// Nobody asks it who may do what; that is chat::may_reach, asked by the conversation (which holds
/// the blocks of its two), by the registry before it makes one, and by presence.
class blocks_actor : public watched_actor {
 public:
  blocks_actor(caf::actor_config& config, environment& env);

  auto make_behavior() -> caf::behavior override;

 private:
  struct change;

  void set(const chat::block& block, bool is_blocked, caf::response_promise reply);
  void on_set(const chat::caller& from, const chat::set_block& what);
  void tell_presence(const change& what);
  void tell_conversation(const change& what);

  environment& env_;
};

}  // namespace parley::actors
