#include "actors/conversation/unfinished.hpp"

#include "actors/storage/database.hpp"

namespace parley::actors {
namespace {

/// Rows dropped at once.
constexpr std::size_t drop_step = 250;

}  // namespace

void drop_unfinished(caf::event_based_actor* self, environment& env, chat::conversation_id id) {
  ask_database(
      self, env.room_writer,
      [id](storage::store& store) { return store.drop_unfinished(id, drop_step); },
      [self, &env, id](const chat::expected<std::size_t>& dropped) {
        if (dropped && *dropped > 0) drop_unfinished(self, env, id);
      },
      background_patience);
}

}  // namespace parley::actors
