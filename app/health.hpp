#pragma once

#include <atomic>
#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <memory>

#include "actors/environment.hpp"
#include "storage/shared.hpp"
#include "storage/store.hpp"

namespace parley::app {

/// What is asked whether the store is there, and who is told.
struct health_parts {
  std::unique_ptr<storage::store> probe;  ///< a connection of its own, with short timeouts
  storage::shared_ptr shared;
  std::atomic<bool>& ready;
};

/// Asks twice a second over a connection that nobody else waits for. `ready` is false from a second
/// of silence on; a failed answer opens the breaker of the other stores, a good one closes it.
auto spawn_health(caf::actor_system& system, actors::environment& env, health_parts parts)
    -> caf::actor;

/// The settings of such a connection: a frozen database is noticed within 2 s.
auto probe_options(config::storage_options options) -> config::storage_options;

}  // namespace parley::app
