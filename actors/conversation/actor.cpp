#include "actors/conversation/actor.hpp"

#include <utility>

#include "actors/conversation/answers.hpp"
#include "actors/conversation/invites.hpp"
#include "actors/conversation/live.hpp"
#include "actors/conversation/loading.hpp"
#include "actors/conversation/members.hpp"
#include "actors/conversation/posting.hpp"
#include "actors/conversation/reading.hpp"
#include "actors/conversation/storing.hpp"

namespace parley::actors {
namespace {

/// After a failed load, requests are refused at once for this long.
constexpr std::chrono::milliseconds reload_pause{200};

}  // namespace

// CAF's part is 1,016 bytes. See docs/performance.md.
static_assert(sizeof(conversation_actor) + CAF_CACHE_LINE_SIZE <= 1'280);

conversation_actor::conversation_actor(caf::actor_config& config, environment& env,
                                       chat::conversation_id id)
    : pinned_actor(config, *env.lane_of(id).host),
      its{env,
          id,
          {},
          {},
          {},
          {},
          {},
          {env.options.limits.conversation_sends_per_s, env.options.limits.conversation_sends_burst}} {
  env.metrics.conversations.Increment();
}

auto conversation_actor::make_behavior() -> caf::behavior {
  place_ = keeper().enter(caf::actor_cast<caf::actor>(this));
  load(this);
  return loading();
}

// -- states ---------------------------------------------------------------------------------------

auto conversation_actor::self() -> conversation_actor* {
  return static_cast<conversation_actor*>(&running());
}

void conversation_actor::become_ready() {
  become(ready());
}

void conversation_actor::become_absent(const chat::error& why) {
  become(absent(why));
}

void conversation_actor::load_again() {
  if (its.room) its.previous = std::move(its.room);
  load(this);
  become(loading());
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
      [](const chat::caller& from, const chat::post& what) { on_post(self(), from, what); },
      [](const stored& what) { on_stored(self(), what); },
      [](const chat::caller& from, const chat::create_attachment& what) {
        on_create_attachment(self(), from, what);
      },
      [](const chat::caller& from, const chat::join&) { on_join(self(), from); },
      [](const chat::caller& from, const chat::leave_live&) { on_leave(self(), from); },
      [](const chat::caller& from, const chat::typing& t) { on_typing(self(), from, t.active); },
      [](const chat::caller& from, const chat::mark& what) { on_mark(self(), from, what); },
      [](const delivered_to& report) { on_delivered(self(), report); },
      [](const chat::caller& from, const chat::edit_message& what) { on_edit(self(), from, what); },
      [](const chat::caller& from, const chat::delete_message& what) {
        on_delete(self(), from, what);
      },
      [](const chat::caller& from, const chat::add_participants& what) {
        on_add(self(), from, what);
      },
      [](const chat::caller& from, const chat::remove_participant& what) {
        on_remove(self(), from, what);
      },
      [](const chat::caller& from, const chat::rename& what) { on_rename(self(), from, what); },
      [](const chat::caller& from, const chat::set_role& what) { on_set_role(self(), from, what); },
      [](const chat::caller& from, const chat::make_invite& what) {
        on_make_invite(self(), from, what);
      },
      [](const chat::caller& from, const chat::list_invites&) { on_list_invites(self(), from); },
      [](const chat::caller& from, const chat::revoke_invite& what) {
        on_revoke_invite(self(), from, what);
      },
      [](const chat::caller& from, const chat::enter_by_invite& what) {
        on_enter_by_invite(self(), from, what);
      },
      [](const chat::caller& from, const chat::list_members& what) {
        on_list_members(self(), from, what);
      },
      [](const chat::caller& from, const chat::read_page& what) { on_page(self(), from, what); },
      [](const chat::caller& from, const chat::read_stretch& what) {
        on_stretch(self(), from, what);
      },
      [](const chat::caller& from, const chat::catch_up& what) { on_catch_up(self(), from, what); },
      [](const chat::caller& from, const chat::claim_delivered& what) {
        on_claim_delivered(self(), from, what);
      },
      [](const chat::caller& from, const chat::enter&) { on_enter(self(), from); },
      [](const chat::caller& from, const check_member&) { on_check_member(self(), from); },
      [](const chat::caller&, const blocks_changed&) { on_blocks_changed(self()); },
      [](retry_atom) { self()->on_stored_by_another(); },
      [](not_stored& what) { on_not_stored(self(), what); },
      [](tick_atom) { answer_overdue(self()); },
      [](typing_atom) { expire_typing(self()); },
      [](idle_atom) { self()->on_idle_check(); },
      [](const retire&) { self()->on_retire(); },
  };
  return shared;
}

/// An answer that is owed to somebody, or the end of somebody's typing, would never come.
auto conversation_actor::owes_anything() const -> bool {
  return !its.entries.pending().empty() || its.questions != 0 ||
         (its.rare && !(its.rare->typing.empty() && its.rare->again.empty()));
}

/// Somebody else has stored an entry: it is shown as one that was missed. With entries on their way
/// it finds out by itself: they collide with what is there.
void conversation_actor::on_stored_by_another() {
  if (its.entries.pending().empty()) load_again();
}

/// Cursors are written behind: the next owner must find them, or a status would go back.
void conversation_actor::on_retire() {
  if (owes_anything()) {
    send(its.env.registry, retire_refused{its.id});
    return note_use();
  }
  if (!std::exchange(its.has_moved_cursors, false)) return quit();
  ++its.questions;
  const auto go_on = [this] {
    --its.questions;
    on_retire();
  };
  request(its.env.writer_of(its.id), caf::infinite, settle{})
      .then([go_on](const chat::done&) { go_on(); }, [go_on](const caf::error&) { go_on(); });
}

/// Nothing to sequence: there is no such conversation, or the store cannot be asked now.
auto conversation_actor::absent(const chat::error& why) -> caf::behavior {
  const bool for_good = why.code == chat::errc::not_found;
  if (for_good)
    send(its.env.registry, retire_request{its.id});
  else
    delayed_send(this, reload_pause, retry_atom::value);
  set_default_handler(
      [refusal = to_caf(why)](caf::scheduled_actor*,
                              caf::message_view&) -> caf::result<caf::message> { return refusal; });
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
      [this](tick_atom) { answer_overdue(this); },
      [this](typing_atom) { expire_typing(this); },
      [this](idle_atom) { on_idle_check(); },
      [this](retry_atom) { load_again(); },
      [this](const retire&) { on_retire(); },
  };
}

// -- life ---------------------------------------------------------------------------------------

/// It ends owing nothing, unless something threw in it: then nobody may wait for ever.
void conversation_actor::answer_all_lost() {
  const auto answer = [](auto& waiting) {
    for (auto& reply : waiting)
      if (reply.pending()) reply.deliver(lost());
  };
  const auto answer_entries = [&](auto& all) {
    for (auto& one : all) {
      answer(one.waiting);
      for (auto& waiting : one.joining)
        if (waiting.reply.pending()) waiting.reply.deliver(lost());
    }
  };
  answer_entries(its.entries.pending());
  if (!its.rare) return;
  answer_entries(its.rare->again);
  for (auto& next : its.rare->lines.take_all()) next.reply.deliver(lost());
  answer(its.rare->asking);
}

/// Others may still hold the address for a moment; what it held goes now.
void conversation_actor::on_exit() {
  answer_all_lost();
  if (place_) keeper().leave(*std::exchange(place_, std::nullopt));
  if (its.is_watched) keeper().unwatch(caf::actor_cast<caf::actor>(this));
  its.env.metrics.conversations.Decrement();
  its.room.reset();
  its.previous.reset();
  its.people.reset();
  its.entries = {};
  its.rare.reset();
}

auto conversation_actor::rare() -> rare_state& {
  if (!its.rare) its.rare = std::make_unique<rare_state>();
  return *its.rare;
}

void conversation_actor::let_go_of_rare() {
  if (its.rare && its.rare->empty()) its.rare.reset();
}

void conversation_actor::watch() {
  if (!std::exchange(its.is_watched, true)) keeper().watch(caf::actor_cast<caf::actor>(this));
}

auto conversation_actor::keeper() const -> conversation_keeper& {
  return *its.env.lane_of(its.id).keeper.object;
}

void conversation_actor::note_use() {
  keeper().note_use(*place_);
}

void conversation_actor::on_idle_check() {
  if (!keeper().is_idle(*place_)) return;
  if (!owes_anything()) return send(its.env.registry, retire_request{its.id});
  note_use();  // it is asked again
}

auto spawn_conversation(caf::actor_system& system, environment& env, chat::conversation_id id)
    -> caf::actor {
  return system.spawn<conversation_actor>(env, id);
}

}  // namespace parley::actors
