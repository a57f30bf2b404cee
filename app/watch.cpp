#include "app/watch.hpp"

#include <caf/all.hpp>

namespace parley::app {

void watch_all(const actors::environment& env,
               const std::function<void(const char*, const caf::error&)>& ended) {
  const auto watch = [&](const char* name, const caf::actor& one) {
    one->attach_functor([ended, name](const caf::error& why) { ended(name, why); });
  };
  watch("the registry", env.registry);
  watch("presence", env.presence);
  watch("profiles", env.profiles);
  watch("blocks", env.blocks);
  watch("jobs", env.jobs);
  watch("the attachment cleaner", env.attachment_cleaner);
  watch("chat-room-to-db", env.room_writer);
  watch("the readers", env.readers);
  watch("the health check", env.health);
  for (const auto& one : env.writers) watch("chat-message-to-db", one);
  for (const auto& one : env.accounts) watch("accounts", one);
  for (const auto& lane : env.lanes) {
    watch("a network actor", lane.network);
    watch("a finder", lane.finder.handle);
    watch("a keeper", lane.keeper.handle);
  }
}

}  // namespace parley::app
