#pragma once

#include "actors/environment.hpp"

namespace parley::actors {

/// Drops what the creation of a conversation with many members left that was not finished, some rows at a
/// time behind whatever else waits for the room writer. What fails is left for the next start.
/// @thread self's
void drop_unfinished(caf::event_based_actor* self, environment& env, chat::conversation_id id);

}  // namespace parley::actors
