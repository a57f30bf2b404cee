// The part of session_actor that is about invites: from a code to its conversation.

#include "actors/session/asking.hpp"

namespace parley::actors {

void session_actor::run(std::uint64_t ticket, const chat::look_at_invite& what) {
  ask_store(ticket, env_.reader(),
            [code = what.code, now = env_.clock.now()](
                storage::store& store) -> chat::expected<chat::invite_preview> {
              auto found = store.preview_invite(code, now);
              if (!found) return chat::unexpected{found.error()};
              if (!*found) return chat::unexpected{chat::errc::not_found, chat::no_such_invite};
              return std::move(**found);
            });
}

void session_actor::run(std::uint64_t ticket, const chat::join_by_invite& what) {
  ask_database(
      this, env_.reader(),
      [code = what.code, now = env_.clock.now()](storage::store& store) {
        return store.find_invite(code, now);
      },
      [this, ticket](const chat::expected<std::optional<chat::invite>>& found) {
        if (!found) return answer(ticket, chat::unexpected{found.error()});
        if (!*found)
          return answer(ticket, chat::unexpected{chat::errc::not_found, chat::no_such_invite});
        const auto& one = **found;
        to_conversation(ticket, one.conversation,
                        chat::enter_by_invite{one.conversation, one.code, one.created_by});
      });
}

}  // namespace parley::actors
