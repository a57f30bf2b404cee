// Browsers that stay signed in.

#include "actors/session/asking.hpp"
#include "actors/session/commands.hpp"
#include "storage/password.hpp"

namespace parley::actors {
namespace {

using chat::errc;

/// Exchanges the cookie of a device, and reads who it is for.
auto renew(storage::store& store, const storage::device_use& use)
    -> chat::expected<chat::signed_in> {
  const auto account = store.find_account_of(use.user);
  if (!account) return chat::unexpected{account.error()};
  const auto generation = store.renew_device(use);
  if (!generation) return chat::unexpected{generation.error()};
  if (!*account || storage::is_disabled((*account)->password_hash) || !*generation)
    return chat::unexpected{errc::unauthenticated, "the session has ended"};
  return chat::signed_in{(*account)->profile, {use.id, **generation}};
}

}  // namespace

void run(session_actor* self, std::uint64_t ticket, const chat::renew_device& what) {
  const auto now = self->env().clock.now();
  const storage::device_use use{self->caller().user,
                                what.what.id,
                                what.what.generation,
                                now,
                                {now.ms - chat::device_idle_ms},
                                {now.ms - chat::device_grace_ms}};
  self->ask_store(ticket, self->env().room_writer,
                  [use](storage::store& store) { return renew(store, use); });
}

void run(session_actor* self, std::uint64_t ticket, const chat::list_devices& what) {
  const chat::timestamp since{self->env().clock.now().ms - chat::device_idle_ms};
  self->ask_store(
      ticket, self->env().reader(),
      [user = self->caller().user, since, current = what.current](
          storage::store& store) -> chat::expected<std::vector<chat::device_view>> {
        const auto rows = store.devices_of(user, since);
        if (!rows) return chat::unexpected{rows.error()};
        std::vector<chat::device_view> views;
        for (const auto& row : *rows)
          views.push_back({row.id, row.created_at, row.renewed_at, row.agent, row.id == current});
        return views;
      });
}

void run(session_actor* self, std::uint64_t ticket, const chat::end_device& what) {
  self->ask_store(
      ticket, self->env().room_writer,
      [user = self->caller().user, what](storage::store& store) -> chat::expected<chat::done> {
        const auto dropped = store.drop_device(user, what.id);
        if (!dropped) return chat::unexpected{dropped.error()};
        if (!*dropped && !what.may_be_gone)
          return chat::unexpected{errc::not_found, "no such session"};
        return chat::done{};
      });
}

}  // namespace parley::actors
