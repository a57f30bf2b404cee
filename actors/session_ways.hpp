#pragma once

#include "actors/database.hpp"
#include "actors/session.hpp"

// What the parts of session_actor share and nobody else needs.

namespace parley::actors {

/// Sends `what` to the conversation's actor; the outcome goes to got(result) or failed(error).
template <class Command, class Got, class Failed>
void session_actor::ask_conversation(std::uint64_t ticket, chat::conversation_id id,
                                     const Command& what, Got got, Failed failed) {
  via_route(ticket, id, [this, ticket, id, what, got, failed] {
    const auto owner = routes_[id].owner;
    request(owner, caf::infinite, start_.caller, what)
        .then(got, [this, ticket, id, what, got, failed, owner](const caf::error& why) {
          if (!is_receiver_down(why)) return failed(why);
          // It retired before it read this: ask for its successor.
          auto& way = routes_[id];
          if (way.owner == owner) way.owner = nullptr;
          ask_conversation(ticket, id, what, got, failed);
        });
  });
}

}  // namespace parley::actors
