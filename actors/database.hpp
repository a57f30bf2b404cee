#pragma once

#include <functional>
#include <memory>

#include "actors/environment.hpp"
#include "actors/messages.hpp"
#include "storage/store.hpp"

namespace parley::actors {

/// One question to the store, with whatever it needs captured by value.
struct database_job {
  std::function<std::any(storage::store&)> run;
};

/// Owns one store and runs the jobs sent to it, one after the other, on a thread of its own: the
/// readers, and "chat-room-to-db" for what is not ordered against messages.
class database_actor : public caf::event_based_actor {
 public:
  /// @param figures of a writer; null for a reader, whose jobs count as queries
  database_actor(caf::actor_config& config, environment& env,
                 std::unique_ptr<storage::store> store, telemetry::persistence_metrics* figures);

  auto make_behavior() -> caf::behavior override;

 private:
  auto on_job(const database_job& job) -> any_result;

  environment& env_;
  std::unique_ptr<storage::store> store_;
  telemetry::persistence_metrics* figures_;
};

auto spawn_reader(caf::actor_system& system, environment& env,
                  std::unique_ptr<storage::store> store) -> caf::actor;
auto spawn_room_worker(caf::actor_system& system, environment& env,
                       std::unique_ptr<storage::store> store) -> caf::actor;

/// Asks `database` to run `query(store)`, which returns a chat::expected<T>, and hands the outcome
/// to `then(chat::expected<T>)` on `self`, in the order asked.
template <class Query, class Then>
void ask_database(caf::event_based_actor* self, const caf::actor& database, Query query,
                  Then then) {
  using answer = std::invoke_result_t<Query, storage::store&>;
  database_job job{[query = std::move(query)](storage::store& store) -> std::any {
    return std::make_shared<answer>(query(store));
  }};
  self->request(database, caf::infinite, std::move(job))
      .then(
          [then](const any_result& result) mutable {
            then(std::move(*std::any_cast<std::shared_ptr<answer>>(result.value)));
          },
          [then](const caf::error&) mutable {
            then(answer{chat::unexpected{chat::errc::unavailable, "the server is stopping"}});
          });
}

}  // namespace parley::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::actors::database_job)
