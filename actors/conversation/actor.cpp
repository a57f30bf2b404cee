// The part of conversation_actor from its first load to its end: the states, loading and reloading,
// and leaving memory when idle.

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "actors/conversation/queries.hpp"

namespace parley::actors {
namespace {

using std::chrono::milliseconds;

/// After a failed load, requests are refused at once for this long.
constexpr milliseconds reload_pause{200};
/// Entries of one step in which missed ones are shown.
constexpr std::size_t missed_step = 500;

/// The members after `change`. Null stands for whoever listens, and stays.
auto participants_after(const participants& before, const chat::entry& change) -> participants {
  using enum chat::entry_kind;
  if (!before || (change.kind != added && change.kind != removed)) return before;
  auto users = *before;
  std::unordered_set<std::string_view> changed;
  for (const auto& user : change.subjects) changed.insert(user.value);
  std::erase_if(users, [&](const chat::user_id& user) { return changed.contains(user.value); });
  if (change.kind == added)
    users.insert(users.end(), change.subjects.begin(), change.subjects.end());
  return std::make_shared<const std::vector<chat::user_id>>(std::move(users));
}

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

}  // namespace

// CAF's part is 1,016 bytes. See docs/performance.md.
static_assert(sizeof(conversation_actor) + CAF_CACHE_LINE_SIZE <= 1'280);

conversation_actor::conversation_actor(caf::actor_config& config, environment& env,
                                       chat::conversation_id id)
    : pinned_actor(config, env.host_of(id)),
      env_(env),
      id_(id),
      sends_(env.options.limits.conversation_sends_per_s,
             env.options.limits.conversation_sends_burst) {
  env_.metrics.conversations.Increment();
}

auto conversation_actor::make_behavior() -> caf::behavior {
  place_ = keeper().enter(caf::actor_cast<caf::actor>(this));
  load();
  return loading();
}

/// It ends owing nothing, unless something threw in it: then nobody may wait for ever.
void conversation_actor::answer_all_lost() {
  const auto answer = [](auto& waiting) {
    for (auto& reply : waiting)
      if (reply.pending()) reply.deliver(lost());
  };
  const auto answer_entries = [&](auto& entries) {
    for (auto& one : entries) {
      answer(one.waiting);
      for (auto& waiting : one.joining)
        if (waiting.reply.pending()) waiting.reply.deliver(lost());
    }
  };
  answer_entries(pending_);
  if (!seldom_) return;
  answer_entries(seldom_->again);
  for (auto& one : seldom_->lines)
    for (auto& next : one.waiting) next.reply.deliver(lost());
  answer(seldom_->asking);
}

/// Others may still hold the address for a moment; what it held goes now.
void conversation_actor::on_exit() {
  answer_all_lost();
  if (place_) keeper().leave(*std::exchange(place_, std::nullopt));
  if (is_watched_) keeper().unwatch(caf::actor_cast<caf::actor>(this));
  env_.metrics.conversations.Decrement();
  room_.reset();
  previous_.reset();
  participants_.reset();
  stored_participants_.reset();
  pending_.clear();
  seldom_.reset();
}

// -- states ---------------------------------------------------------------------------------------

auto conversation_actor::self() -> conversation_actor& {
  return static_cast<conversation_actor&>(running());
}

auto conversation_actor::loading() -> caf::behavior {
  set_default_handler(caf::skip);  // commands wait in the mailbox
  static const caf::behavior shared{
      [](not_stored&) {},
      [](const stored&) {},
  };
  return shared;
}

auto conversation_actor::ready() -> caf::behavior {
  set_default_handler(caf::drop);
  static const caf::behavior shared{
      [](const chat::caller& from, const chat::post& what) { self().on_post(from, what); },
      [](const stored& what) { self().on_stored(what); },
      [](const chat::caller& from, const chat::create_attachment& what) {
        self().on_create_attachment(from, what);
      },
      [](const chat::caller& from, const chat::join&) { self().on_join(from); },
      [](const chat::caller& from, const chat::leave_live&) { self().on_leave(from); },
      [](const chat::caller& from, const chat::typing& t) { self().on_typing(from, t.active); },
      [](const chat::caller& from, const chat::mark& what) { self().on_mark(from, what); },
      [](const delivered_to& report) { self().on_delivered(report); },
      [](const chat::caller& from, const chat::edit_message& what) { self().on_edit(from, what); },
      [](const chat::caller& from, const chat::delete_message& what) { self().on_delete(from, what); },
      [](const chat::caller& from, const chat::add_participants& what) { self().on_add(from, what); },
      [](const chat::caller& from, const chat::remove_participant& what) {
        self().on_remove(from, what);
      },
      [](const chat::caller& from, const chat::rename& what) { self().on_rename(from, what); },
      [](const chat::caller& from, const chat::set_role& what) { self().on_set_role(from, what); },
      [](const chat::caller& from, const chat::make_invite& what) {
        self().on_make_invite(from, what);
      },
      [](const chat::caller& from, const chat::list_invites&) { self().on_list_invites(from); },
      [](const chat::caller& from, const chat::revoke_invite& what) {
        self().on_revoke_invite(from, what);
      },
      [](const chat::caller& from, const chat::enter_by_invite& what) {
        self().on_enter_by_invite(from, what);
      },
      [](const chat::caller& from, const chat::list_members& what) {
        self().on_list_members(from, what);
      },
      [](const chat::caller& from, const chat::read_page& what) { self().on_page(from, what); },
      [](const chat::caller& from, const chat::read_stretch& what) { self().on_stretch(from, what); },
      [](const chat::caller& from, const chat::catch_up& what) { self().on_catch_up(from, what); },
      [](const chat::caller& from, const chat::claim_delivered& what) {
        self().on_claim_delivered(from, what);
      },
      [](const chat::caller& from, const chat::enter&) { self().on_enter(from); },
      [](const chat::caller& from, const check_member&) { self().on_check_member(from); },
      [](const chat::caller&, const blocks_changed&) { self().on_blocks_changed(); },
      [](retry_atom) { self().load_again(); },
      [](not_stored& what) { self().on_not_stored(what); },
      [](tick_atom) { self().answer_overdue(); },
      [](typing_atom) { self().expire_typing(); },
      [](idle_atom) { self().on_idle_check(); },
      [](const retire&) { self().on_retire(); },
  };
  return shared;
}

/// An answer that is owed to somebody, or the end of somebody's typing, would never come.
auto conversation_actor::owes_anything() const -> bool {
  return !pending_.empty() || questions_ != 0 || is_anybody_typing() ||
         (seldom_ && !seldom_->again.empty());
}

/// Somebody else has stored an entry: it is shown as one that was missed. With entries on their way
/// it finds out by itself: they collide with what is there.
void conversation_actor::load_again() {
  if (!pending_.empty()) return;
  previous_ = std::move(room_);
  load();
  become(loading());
}

/// Cursors are written behind: the next owner must find them, or a status would go back.
void conversation_actor::on_retire() {
  if (owes_anything()) {
    send(env_.registry, retire_refused{id_});
    return note_use();
  }
  if (!std::exchange(has_moved_cursors_, false)) return quit();
  ++questions_;
  const auto go_on = [this] {
    --questions_;
    on_retire();
  };
  request(env_.worker_of(id_), caf::infinite, settle{})
      .then([go_on](const chat::done&) { go_on(); }, [go_on](const caf::error&) { go_on(); });
}

/// Nothing to sequence: there is no such conversation, or the store cannot be asked now.
auto conversation_actor::absent(chat::error why) -> caf::behavior {
  const bool for_good = why.code == chat::errc::not_found;
  if (for_good)
    send(env_.registry, retire_request{id_});
  else
    delayed_send(this, reload_pause, retry_atom::value);
  set_default_handler([refusal = to_caf(why)](caf::scheduled_actor*, caf::message_view&)
                          -> caf::result<caf::message> { return refusal; });
  return {
      [why, for_good](const chat::caller&,
                      const chat::catch_up& what) -> caf::result<chat::caught_up> {
        if (!for_good) return to_caf(why);
        chat::caught_up nothing;
        nothing.conversation = what.conversation;
        return nothing;
      },
      [](not_stored&) {},
      [](const stored&) {},
      [](const delivered_to&) {},
      [this](tick_atom) { answer_overdue(); },
      [this](typing_atom) { expire_typing(); },
      [this](idle_atom) { on_idle_check(); },
      [this](retry_atom) {
        load();
        become(loading());
      },
      [this](const retire&) { on_retire(); },
  };
}

/// The conversation as stored, and what was written since its members were last shown anything.
struct conversation_actor::loaded {
  std::optional<storage::conversation_record> record;
  std::vector<chat::entry> missed;
};

void conversation_actor::load() {
  const auto query = [id = id_, now = env_.clock.now(), &ids = env_.ids,
                      after = shown_seq_](storage::store& store) -> chat::expected<loaded> {
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
  ask_database(this, env_.reader(), query,
               [this](chat::expected<loaded> found) { on_loaded(std::move(found)); });
}

void conversation_actor::on_loaded(chat::expected<loaded> found) {
  if (found && found->record) {
    show_missed(*found);
    const bool is_more = shown_seq_ != 0 && shown_seq_ < found->record->last_seq;
    return is_more && !found->missed.empty() ? load_more(std::move(*found))
                                             : start(std::move(*found));
  }
  auto why = found ? chat::error{chat::errc::not_found, "no such conversation"} : found.error();
  answer_again(why);
  become(absent(std::move(why)));
}

void conversation_actor::start(loaded found) {
  auto& record = *found.record;
  stored_seq_ = record.last_seq;
  stored_ordinal_ = record.last_ordinal;
  has_archive_ = record.has_archive;
  stored_day_ = day_of(record.last_at);
  room_ = std::make_unique<chat::conversation>(
      chat::conversation_state{std::move(record.info), std::move(record.members), record.last_seq,
                               record.last_ordinal, std::move(record.recent_sends),
                               std::move(record.blocks), record.last_at},
      env_.rules());
  refresh_participants();
  stored_participants_ = participants_;
  if (previous_) room_->carry_cursors(*std::exchange(previous_, nullptr));
  become(ready());
  shown_seq_ = stored_seq_;
  for (auto& again : take_again()) post_anew(std::move(again));
  post_all_waiting();
  elect_owner();
}

/// The next step of what was missed. Nobody is served before all of it is shown.
void conversation_actor::load_more(loaded so_far) {
  const auto query = [id = id_, after = shown_seq_](storage::store& store) {
    return store.entries_after(id, after, missed_step);
  };
  ask_database(this, env_.reader(), query,
               [this, record = std::move(so_far.record)](
                   chat::expected<std::vector<chat::entry>> missed) mutable {
                 if (!missed) return on_loaded(chat::unexpected{missed.error()});
                 on_loaded(loaded{std::move(record), std::move(*missed)});
               });
}

/// Entries that another owner wrote, or that a commit of ours stored without an answer; each to
/// those who were members when it was written.
void conversation_actor::show_missed(const loaded& found) {
  for (const auto& one : found.missed) {
    if (one.seq > found.record->last_seq) break;
    stored_participants_ = participants_after(stored_participants_, one);
    const bool removal = one.kind == chat::entry_kind::removed && !one.subjects.empty();
    deletions_ += one.kind == chat::entry_kind::deleted;
    announce(fan_out{id_, chat::audience::everyone, one.actor,
                     chat::to_event(one, found.record->info, one.actor.value),
                     hearers_of(one, *found.record), removal ? one.subjects.front() : chat::user_id{}});
    shown_seq_ = one.seq;
  }
}

/// Everybody who was there, but for a change of what came before they did.
auto conversation_actor::hearers_of(const chat::entry& missed,
                                    const storage::conversation_record& record) const
    -> participants {
  if (missed.target_seq == 0 || !stored_participants_) return stored_participants_;
  std::unordered_set<std::string_view> seeing;
  for (const auto& m : record.members)
    if (m.after_seq < missed.target_seq) seeing.insert(m.user.value);
  auto users = *stored_participants_;
  std::erase_if(users, [&](const chat::user_id& u) { return !seeing.contains(u.value); });
  return std::make_shared<const std::vector<chat::user_id>>(std::move(users));
}

void conversation_actor::refresh_participants() {
  if (room_->is_lobby()) return;  // its people are whoever listens
  participants_ = room_->participants();
}

auto conversation_actor::seldom() -> seldom_needed& {
  if (!seldom_) seldom_ = std::make_unique<seldom_needed>();
  return *seldom_;
}

void conversation_actor::let_go_of_seldom() {
  if (seldom_ && seldom_->typing.empty() && seldom_->again.empty() && seldom_->lines.empty() &&
      seldom_->asking.empty() && seldom_->ahead.empty())
    seldom_.reset();
}

auto conversation_actor::take_again() -> std::vector<pending_entry> {
  if (!seldom_) return {};
  auto again = std::exchange(seldom_->again, {});
  let_go_of_seldom();
  return again;
}

// -- life ---------------------------------------------------------------------------------------------------

auto conversation_actor::keeper() const -> conversation_keeper& {
  return *caf::actor_cast<conversation_keeper*>(env_.keeper_of(id_));
}

void conversation_actor::note_use() { keeper().note_use(*place_); }

void conversation_actor::on_idle_check() {
  if (!keeper().is_idle(*place_)) return;
  if (!owes_anything()) return send(env_.registry, retire_request{id_});
  note_use();  // it is asked again
}

auto spawn_conversation(caf::actor_system& system, environment& env, chat::conversation_id id)
    -> caf::actor {
  return system.spawn<conversation_actor>(env, id);
}

}  // namespace parley::actors
