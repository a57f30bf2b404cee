#pragma once

#include <caf/event_based_actor.hpp>

namespace parley::actors {

/// What all our actors derive from. A message that was merely sent may be answered with an error all
/// the same, as by a conversation that cannot be loaded; CAF ends the actor that gets such an answer, and
/// this one has nothing to do with it. (findings/caf-an-answer-to-a-send.sh)
class steady_actor : public caf::event_based_actor {
 public:
  explicit steady_actor(caf::actor_config& config) : caf::event_based_actor(config) {
    set_error_handler([](caf::scheduled_actor*, caf::error&) {});
  }
};

}  // namespace parley::actors
