#pragma once

#include "actors/steady_actor.hpp"
#include "telemetry/turns.hpp"

namespace parley::actors {

/// An actor that many ask and one thread at a time serves: how long each message keeps it is among
/// the figures.
class watched_actor : public steady_actor {
 public:
  watched_actor(caf::actor_config& config, telemetry::turn_figures& turns)
      : steady_actor(config), turns_(turns) {}

  using steady_actor::consume;
  auto consume(caf::mailbox_element& what) -> caf::invoke_message_result override {
    const telemetry::turn one{&turns_};
    return steady_actor::consume(what);
  }

 private:
  telemetry::turn_figures& turns_;
};

}  // namespace parley::actors
