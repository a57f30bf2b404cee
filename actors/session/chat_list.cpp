// The chat list, and typing.

#include "actors/session/asking.hpp"
#include "actors/session/commands.hpp"
#include "chat/answer_size.hpp"
#include "chat/limits.hpp"

namespace parley::actors {

void run(session_actor* self, std::uint64_t ticket, const chat::typing& what) {
  self->to_conversation(ticket, what.conversation, what);
  self->note_typing(what.conversation, what.active);
}

/// Reads what is stored, once everything written behind is.
void run(session_actor* self, std::uint64_t ticket, const chat::list_conversations& what) {
  const auto open = std::make_shared<std::size_t>(self->env().writers.size() + 1);
  const auto read = [self, ticket, what] {
    ask_database(
        self, self->env().reader(),
        [user = self->caller().user, what](storage::store& store) {
          auto rows =
              store.chat_list(user, what.before, what.limit == 0 ? chat::max_page : what.limit);
          if (rows) rows->resize(chat::count_that_fit(*rows));
          return rows;
        },
        [self, ticket](chat::expected<chat::chat_list> list) {
          if (!list) return self->answer(ticket, chat::unexpected{list.error()});
          for (auto& row : *list)  // a sender's own id of a message is nobody else's business
            if (row.last_message && row.last_message->actor != self->caller().user)
              row.last_message->client_message_id.clear();
          self->answer(ticket, chat::result{std::move(*list)});
        });
  };
  const auto one_done = [open, read] {
    if (--*open == 0) read();
  };
  const auto wait_for = [self, one_done](const caf::actor& writer) {
    self->request(writer, settle_patience, settle{})
        .then([one_done](const chat::done&) { one_done(); },
              [one_done](const caf::error&) { one_done(); });
  };
  for (const auto& writer : self->env().writers) wait_for(writer);
  wait_for(self->env().profiles);
}

}  // namespace parley::actors
