// Invites: from a code to its conversation.

#include "actors/session/asking.hpp"
#include "actors/session/commands.hpp"

namespace parley::actors {

void run(session_actor* self, std::uint64_t ticket, const chat::look_at_invite& what) {
  self->ask_store(ticket, self->env().reader(),
                  [code = what.code, now = self->env().clock.now()](
                      storage::store& store) -> chat::expected<chat::invite_preview> {
                    auto found = store.preview_invite(code, now);
                    if (!found) return chat::unexpected{found.error()};
                    if (!*found)
                      return chat::unexpected{chat::errc::not_found, chat::no_such_invite};
                    return std::move(**found);
                  });
}

void run(session_actor* self, std::uint64_t ticket, const chat::join_by_invite& what) {
  ask_database(
      self, self->env().reader(),
      [code = what.code, now = self->env().clock.now()](storage::store& store) {
        return store.find_invite(code, now);
      },
      [self, ticket](const chat::expected<std::optional<chat::invite>>& found) {
        if (!found) return self->answer(ticket, chat::unexpected{found.error()});
        if (!*found)
          return self->answer(ticket,
                              chat::unexpected{chat::errc::not_found, chat::no_such_invite});
        const auto& one = **found;
        self->to_conversation(ticket, one.conversation,
                              chat::enter_by_invite{one.conversation, one.code, one.created_by});
      });
}

}  // namespace parley::actors
