// What administrators may do: dead letters.

#include <algorithm>

#include "actors/session/asking.hpp"
#include "actors/session/commands.hpp"

namespace parley::actors {
namespace {

auto no_such_letter() {
  return chat::unexpected{chat::errc::not_found, "there is no such dead letter"};
}

void show_count(storage::store& store, telemetry::metrics& metrics) {
  if (const auto count = store.count_dead_letters())
    metrics.dead_letters.Set(static_cast<double>(*count));
}

void post_again(session_actor* self, std::uint64_t ticket, chat::message_id letter,
                chat::conversation_id where) {
  ask_database(
      self, self->env().room_writer,
      [letter, now = self->env().clock.now(), &metrics = self->env().metrics](
          storage::store& store) -> chat::expected<chat::posted_again> {
        const auto place = store.retry_dead_letter(letter, now);
        show_count(store, metrics);
        if (place) return chat::posted_again{letter, place->conversation, place->seq};
        if (place.error().code != chat::errc::refused) return chat::unexpected{place.error()};
        return chat::unexpected{chat::errc::conflict, "refused again: " + place.error().detail};
      },
      [self, ticket, where](const chat::expected<chat::posted_again>& posted) {
        if (!posted) return self->answer(ticket, chat::unexpected{posted.error()});
        if (const auto owner = self->known_owner(where)) self->send(owner, retry_atom::value);
        self->answer(ticket, chat::result{*posted});
      });
}

}  // namespace

void run(session_actor* self, std::uint64_t ticket, const chat::list_dead_letters& what) {
  self->ask_store(ticket, self->env().reader(), [what](storage::store& store) {
    return store.dead_letters(what.before, what.limit);
  });
}

void run(session_actor* self, std::uint64_t ticket, const chat::show_dead_letter& what) {
  self->ask_store(ticket, self->env().reader(),
                  [what](storage::store& store) -> chat::expected<chat::dead_letter> {
                    auto found = store.find_dead_letter(what.id);
                    if (!found) return chat::unexpected{found.error()};
                    if (!*found) return no_such_letter();
                    return std::move(**found);
                  });
}

/// The conversation's owner is in memory before the row is stored: then it knows that its members
/// have not seen it.
void run(session_actor* self, std::uint64_t ticket, const chat::retry_dead_letter& what) {
  ask_database(
      self, self->env().reader(),
      [what](storage::store& store) { return store.find_dead_letter(what.id); },
      [self, ticket, what](const chat::expected<std::optional<chat::dead_letter>>& found) {
        if (!found) return self->answer(ticket, chat::unexpected{found.error()});
        if (!*found) return self->answer(ticket, no_such_letter());
        const auto where = (*found)->entry.conversation;
        self->ask_conversation(
            ticket, where, check_member{where},
            [self, ticket, what, where](const chat::done&) {
              post_again(self, ticket, what.id, where);
            },
            [self, ticket, what, where](const caf::error&) {
              post_again(self, ticket, what.id, where);
            });
      });
}

void run(session_actor* self, std::uint64_t ticket, const chat::drop_dead_letter& what) {
  self->ask_store(
      ticket, self->env().room_writer,
      [what, &metrics = self->env().metrics](storage::store& store) -> chat::expected<chat::done> {
        const auto dropped = store.drop_dead_letter(what.id);
        show_count(store, metrics);
        if (!dropped) return chat::unexpected{dropped.error()};
        if (!*dropped) return no_such_letter();
        return chat::done{};
      });
}

}  // namespace parley::actors
