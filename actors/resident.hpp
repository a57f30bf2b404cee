#pragma once

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <utility>

namespace parley::actors {

/// A pinned actor whose functions others on its own thread call: its address, and itself.
template <class Actor>
struct resident {
  caf::actor handle;
  Actor* object = nullptr;  ///< there as long as the handle

  auto operator->() const -> Actor* { return object; }
};

/// @thread any; whose functions are called is the new actor's own thread's matter
template <class Actor, class... Arguments>
auto spawn_resident(caf::actor_system& system, Arguments&&... arguments) -> resident<Actor> {
  auto handle = system.spawn<Actor>(std::forward<Arguments>(arguments)...);
  auto* const object = caf::actor_cast<Actor*>(handle);
  return {std::move(handle), object};
}

}  // namespace parley::actors
