#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "actors/environment.hpp"
#include "actors/messages.hpp"
#include "storage/store.hpp"

namespace parley::actors {

/// How long whoever asks the store is kept waiting, whatever becomes of the database: a client is
/// answered within 5 s, and some of that is for what comes before and after.
constexpr std::chrono::milliseconds call_patience{3'500};
/// What nobody waits for. Thousands of such questions may come at once, as when all reconnect.
constexpr std::chrono::milliseconds background_patience{60'000};

/// Who asks for `settle` waits this long, and then goes on with what is stored.
constexpr std::chrono::milliseconds settle_patience{1'000};

/// One question to the store, with whatever it needs captured by value. It lets no exception out.
struct database_job {
  std::function<std::any(storage::store&)> run;
  std::chrono::milliseconds patience = call_patience;
};

using stores = std::vector<std::unique_ptr<storage::store>>;

/// The desk of the readers: hands jobs to whichever of them is free, and answers for them when they
/// do not. A job that was not begun when its patience ended never is; it and a read that is late
/// are `unavailable`. Calls and background jobs take turns. @returns an actor for ask_database
auto spawn_readers(caf::actor_system& system, environment& env, stores all) -> caf::actor;

/// The desk of "chat-room-to-db", for what is not ordered against messages: one after the other in
/// the order asked. A write that was begun and is late is `unknown`.
auto spawn_room_writer(caf::actor_system& system, environment& env,
                       std::unique_ptr<storage::store> store) -> caf::actor;

/// What a job answers that threw: the connection is new, and the actors go on.
template <class Answer>
auto fault_of(const char* what) -> Answer {
  return chat::unexpected{chat::errc::unknown, std::string{"a fault of the server: "} + what};
}

/// Why a desk gave no answer.
auto error_of(const caf::error& why) -> chat::error;

/// Asks `database` to run `query(store)`, which returns a chat::expected<T>, and hands the outcome
/// to `then(chat::expected<T>)` on `self`, in the order asked.
/// @errors errc::unavailable (it was not run), errc::unknown (it may have been), errc::busy
template <class Query, class Then>
void ask_database(caf::event_based_actor* self, const caf::actor& database, Query query, Then then,
                  std::chrono::milliseconds patience = call_patience) {
  using answer = std::invoke_result_t<Query, storage::store&>;
  auto run = [query = std::move(query)](storage::store& store) -> std::any {
    try {
      return std::make_shared<answer>(query(store));
    } catch (const std::exception& bug) {
      return std::make_shared<answer>(fault_of<answer>(bug.what()));
    }
  };
  self->request(database, caf::infinite, database_job{std::move(run), patience})
      .then(
          [then](const any_result& result) mutable {
            then(std::move(*std::any_cast<std::shared_ptr<answer>>(result.value)));
          },
          [then](const caf::error& why) mutable { then(answer{chat::unexpected{error_of(why)}}); });
}

}  // namespace parley::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::actors::database_job)
