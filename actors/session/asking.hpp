#pragma once

#include "actors/session/actor.hpp"
#include "actors/storage/database.hpp"

// How a session asks others for the answers of its commands.

namespace parley::actors {

template <class Command, class Got, class Failed>
void session_actor::ask_conversation(std::uint64_t ticket, chat::conversation_id id,
                                     const Command& what, Got got, Failed failed) {
  if (const auto owner = ready_owner(id))
    return ask_owner(owner, ticket, id, what, std::move(got), std::move(failed));
  ask_when_found(ticket, id, what, std::move(got), std::move(failed));
}

template <class Command, class Got, class Failed>
void session_actor::ask_when_found(std::uint64_t ticket, chat::conversation_id id,
                                   const Command& what, Got got, Failed failed) {
  wait_for_owner(ticket, id, [this, ticket, id, what, got, failed](const caf::actor& owner) {
    if (!owner) return failed(to_caf({chat::errc::unavailable, "the server is stopping"}));
    ask_owner(owner, ticket, id, what, got, failed);
  });
}

template <class Command, class Got, class Failed>
void session_actor::ask_owner(const caf::actor& owner, std::uint64_t ticket,
                              chat::conversation_id id, const Command& what, Got got,
                              Failed failed) {
  request(owner, caf::infinite, caller_, what)
      .then(got, [=, this, gone = owner.id()](const caf::error& why) {
        if (!is_receiver_down(why)) return failed(why);
        // It retired before it read this: ask for its successor. Commands that bounced with this
        // one wait with it.
        finder().forget(id, gone);
        ask_when_found(ticket, id, what, got, failed);
      });
}

template <class Command>
void session_actor::to_conversation(std::uint64_t ticket, chat::conversation_id id,
                                    const Command& what) {
  ask_conversation(
      ticket, id, what,
      [this, ticket](const typename Command::result_type& got) { answer(ticket, chat::result{got}); },
      [this, ticket](const caf::error& why) { refuse(ticket, why); });
}

template <class Command>
void session_actor::to_actor(std::uint64_t ticket, const caf::actor& target, const Command& what) {
  request(target, caf::infinite, caller_, what)
      .then([this, ticket](const typename Command::result_type& got) {
              answer(ticket, chat::result{got});
            },
            [this, ticket](const caf::error& why) { refuse(ticket, why); });
}

/// Hashing is dear on purpose: what waits for it is bounded.
template <class Command>
void session_actor::to_accounts(std::uint64_t ticket, const Command& what) {
  if (env_.hashes.load() >= env_.options.auth.hash_queue)
    return answer(ticket, chat::unexpected{chat::errc::busy, "too many sign-ins at once"});
  const auto turn = env_.hashes++;
  to_actor(ticket, env_.accounts[turn % env_.accounts.size()], what);
}

template <class Query>
void session_actor::ask_store(std::uint64_t ticket, const caf::actor& database, Query query) {
  using found = std::invoke_result_t<Query, storage::store&>;
  ask_database(this, database, std::move(query), [this, ticket](found got) {
    if (!got) return answer(ticket, chat::unexpected{got.error()});
    answer(ticket, chat::result{std::move(*got)});
  });
}

}  // namespace parley::actors
