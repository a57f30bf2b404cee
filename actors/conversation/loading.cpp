#include "actors/conversation/loading.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "actors/conversation/actor.hpp"
#include "actors/conversation/members.hpp"
#include "actors/conversation/posting.hpp"
#include "actors/conversation/storing.hpp"
#include "chat/event.hpp"

namespace parley::actors {
namespace {

/// Entries of one step in which missed ones are shown.
constexpr std::size_t missed_step = 500;

/// The conversation as stored, and what was written since its members were last shown anything.
struct loaded {
  std::optional<chat::conversation_state> record;
  std::vector<chat::entry> missed;
};

void on_loaded(conversation_actor* self, chat::expected<loaded> found);

auto new_lobby(chat::timestamp now, chat::id_source& ids) -> storage::new_conversation {
  storage::new_conversation lobby;
  lobby.info.id = chat::lobby_id();
  lobby.info.type = chat::conversation_type::lobby;
  lobby.info.title = "Lobby";
  lobby.info.created_at = now;
  lobby.created.conversation = chat::lobby_id();
  lobby.created.seq = 1;
  lobby.created.kind = chat::entry_kind::created;
  lobby.created.id = chat::message_id{ids.next(now)};
  lobby.created.created_at = now;
  return lobby;
}

/// Everybody who was there, but for a change of what came before they did.
auto hearers_of(const chat::entry& missed, const chat::people& there,
                const std::vector<chat::member>& members) -> chat::people {
  if (missed.target_seq == 0 || !there) return there;
  std::unordered_set<std::string_view> seeing;
  for (const auto& m : members)
    if (m.after_seq < missed.target_seq) seeing.insert(m.user.value);
  auto users = *there;
  std::erase_if(users, [&](const chat::user_id& u) { return !seeing.contains(u.value); });
  return std::make_shared<const std::vector<chat::user_id>>(std::move(users));
}

/// Entries that another owner wrote, or that a commit of ours stored without an answer; each to
/// those who were members when it was written.
void show_missed(conversation_actor* self, const loaded& found) {
  auto& entries = self->its.entries;
  for (const auto& one : found.missed) {
    if (one.seq > found.record->last_seq) break;
    entries.note_missed(one, participants_after(entries.stored_participants(), one));
    const bool removal = one.kind == chat::entry_kind::removed && !one.subjects.empty();
    announce(self, fan_out{self->its.id, chat::audience::everyone, one.actor,
                           chat::to_event(one, found.record->info, one.actor.value),
                           hearers_of(one, entries.stored_participants(), found.record->members),
                           removal ? one.subjects.front() : chat::user_id{}});
  }
}

void start(conversation_actor* self, loaded found) {
  auto& its = self->its;
  auto& record = *found.record;
  const auto seq = record.last_seq;
  const auto ordinal = record.last_ordinal;
  its.has_archive = record.has_archive;
  its.stored_day = day_of(record.last_at);
  its.room = std::make_unique<chat::conversation>(std::move(record), its.env.rules());
  refresh_people(self);
  its.entries.begin(seq, ordinal, its.people);
  if (its.previous) its.room->carry_cursors(*std::exchange(its.previous, nullptr));
  self->become_ready();
  post_all_anew(self);
  post_all_waiting(self);
  elect_owner(self);
}

/// The next step of what was missed. Nobody is served before all of it is shown.
void load_more(conversation_actor* self, loaded so_far) {
  const auto query = [id = self->its.id,
                      after = self->its.entries.shown_seq()](storage::store& store) {
    return store.entries_after(id, after, missed_step);
  };
  ask_database(self, self->its.env.reader(), query,
               [self, record = std::move(so_far.record)](
                   chat::expected<std::vector<chat::entry>> missed) mutable {
                 if (!missed) return on_loaded(self, chat::unexpected{missed.error()});
                 on_loaded(self, loaded{std::move(record), std::move(*missed)});
               });
}

void on_loaded(conversation_actor* self, chat::expected<loaded> found) {
  if (found && found->record) {
    show_missed(self, *found);
    const auto shown = self->its.entries.shown_seq();
    const bool is_more = shown != 0 && shown < found->record->last_seq;
    return is_more && !found->missed.empty() ? load_more(self, std::move(*found))
                                             : start(self, std::move(*found));
  }
  const auto why =
      found ? chat::error{chat::errc::not_found, "no such conversation"} : found.error();
  answer_again(self, why);
  self->become_absent(why);
}

}  // namespace

void load(conversation_actor* self) {
  auto& env = self->its.env;
  const auto query =
      [id = self->its.id, now = env.clock.now(), &ids = env.ids,
       after = self->its.entries.shown_seq()](storage::store& store) -> chat::expected<loaded> {
    auto found = store.load(id, chat::max_recent_sends);
    if (found && !*found && id == chat::lobby_id()) {
      if (store.create(new_lobby(now, ids))) found = store.load(id, chat::max_recent_sends);
    }
    if (!found) return chat::unexpected{found.error()};
    if (after == 0 || !*found) return loaded{std::move(*found), {}};
    auto missed = store.entries_after(id, after, missed_step);
    if (!missed) return chat::unexpected{missed.error()};
    return loaded{std::move(*found), std::move(*missed)};
  };
  ask_database(self, env.reader(), query,
               [self](chat::expected<loaded> found) { on_loaded(self, std::move(found)); });
}

}  // namespace parley::actors
