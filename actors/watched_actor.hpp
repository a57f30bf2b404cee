#pragma once

#include <caf/event_based_actor.hpp>

#include "actors/stray_answers.hpp"
#include "telemetry/turns.hpp"

namespace parley::actors {

/// An actor that many ask and one thread at a time serves: how long each message keeps it is among
/// the figures.
class watched_actor : public caf::event_based_actor {
 public:
  watched_actor(caf::actor_config& config, telemetry::turn_figures& turns)
      : caf::event_based_actor(config), turns_(turns) {
    pass_over_stray_answers(*this);
  }

  using caf::event_based_actor::consume;
  auto consume(caf::mailbox_element& what) -> caf::invoke_message_result override {
    const telemetry::turn one{&turns_};
    return caf::event_based_actor::consume(what);
  }

 private:
  telemetry::turn_figures& turns_;
};

}  // namespace parley::actors
