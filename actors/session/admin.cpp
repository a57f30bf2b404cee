// The part of session_actor that serves administrators: dead letters.

#include <algorithm>

#include "actors/session/asking.hpp"

namespace parley::actors {
namespace {

auto no_such_letter() {
  return chat::unexpected{chat::errc::not_found, "there is no such dead letter"};
}

void show_count(storage::store& store, telemetry::metrics& metrics) {
  if (const auto count = store.count_dead_letters())
    metrics.dead_letters.Set(static_cast<double>(*count));
}

}  // namespace

auto session_actor::is_admin() const -> bool {
  const auto& admins = env_.options.auth.admins;
  return std::find(admins.begin(), admins.end(), caller_.user.value) != admins.end();
}

void session_actor::run(std::uint64_t ticket, const chat::list_dead_letters& what) {
  ask_store(ticket, env_.reader(), [what](storage::store& store) {
    return store.dead_letters(what.before, what.limit);
  });
}

void session_actor::run(std::uint64_t ticket, const chat::show_dead_letter& what) {
  ask_store(ticket, env_.reader(),
            [what](storage::store& store) -> chat::expected<chat::dead_letter> {
              auto found = store.find_dead_letter(what.id);
              if (!found) return chat::unexpected{found.error()};
              if (!*found) return no_such_letter();
              return std::move(**found);
            });
}

/// The conversation's owner is in memory before the row is stored: then it knows that its members
/// have not seen it.
void session_actor::run(std::uint64_t ticket, const chat::retry_dead_letter& what) {
  ask_database(
      this, env_.reader(), [what](storage::store& store) { return store.find_dead_letter(what.id); },
      [this, ticket, what](const chat::expected<std::optional<chat::dead_letter>>& found) {
        if (!found) return answer(ticket, chat::unexpected{found.error()});
        if (!*found) return answer(ticket, no_such_letter());
        const auto where = (*found)->entry.conversation;
        ask_conversation(
            ticket, where, check_member{where},
            [this, ticket, what, where](const chat::done&) { post_again(ticket, what.id, where); },
            [this, ticket, what, where](const caf::error&) { post_again(ticket, what.id, where); });
      });
}

void session_actor::post_again(std::uint64_t ticket, chat::message_id letter,
                               chat::conversation_id where) {
  ask_database(
      this, env_.room_worker,
      [letter, now = env_.clock.now(), &metrics = env_.metrics](
          storage::store& store) -> chat::expected<chat::posted_again> {
        const auto place = store.retry_dead_letter(letter, now);
        show_count(store, metrics);
        if (place) return chat::posted_again{letter, place->conversation, place->seq};
        if (place.error().code != chat::errc::refused) return chat::unexpected{place.error()};
        return chat::unexpected{chat::errc::conflict, "refused again: " + place.error().detail};
      },
      [this, ticket, where](const chat::expected<chat::posted_again>& posted) {
        if (!posted) return answer(ticket, chat::unexpected{posted.error()});
        if (const auto owner = finder().owner_of(where, finder().departures()))
          send(owner, retry_atom::value);
        answer(ticket, chat::result{*posted});
      });
}

void session_actor::run(std::uint64_t ticket, const chat::drop_dead_letter& what) {
  ask_store(ticket, env_.room_worker,
            [what, &metrics = env_.metrics](storage::store& store) -> chat::expected<chat::done> {
              const auto dropped = store.drop_dead_letter(what.id);
              show_count(store, metrics);
              if (!dropped) return chat::unexpected{dropped.error()};
              if (!*dropped) return no_such_letter();
              return chat::done{};
            });
}

}  // namespace parley::actors
