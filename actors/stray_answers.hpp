#pragma once

#include <caf/scheduled_actor.hpp>

namespace parley::actors {

/// A message that was merely sent may be answered with an error all the same, as by a conversation that
/// cannot be loaded. CAF ends the actor that gets such an answer; here it has nothing to do with it.
/// For the constructors of actors.
inline void pass_over_stray_answers(caf::scheduled_actor& who) {
  who.set_error_handler([](caf::scheduled_actor*, caf::error&) {});
}

}  // namespace parley::actors
