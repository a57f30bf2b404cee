// The part of conversation_actor that is state and not history: who listens, who types, how far
// each member has come.

#include <algorithm>
#include <utility>
#include <vector>

#include "actors/conversation/queries.hpp"

namespace parley::actors {
namespace {

using std::chrono::milliseconds;

/// A typist who keeps calling StartTyping is announced again only this often.
constexpr milliseconds typing_repeat{3'000};

auto row_of(const chat::conversation& room, const chat::user_id& user) -> save_cursors::row {
  return {room.info().id, user, room.find(user)->cursors};
}

}  // namespace

void conversation_actor::on_join(const chat::caller& from) {
  note_use();
  auto reply = make_response_promise();
  if (auto allowed = room_->authorize(from.user, chat::action::join); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  join_after_membership(from, reply);
}

/// A removal ends the user's subscriptions when it is shown: a join that rests on a later
/// membership waits until that is shown, or it would be ended too.
void conversation_actor::join_after_membership(const chat::caller& from, promise reply) {
  const auto names_user = [&](const pending_entry& p) {
    const auto& who = p.entry.subjects;
    return p.entry.kind == chat::entry_kind::added && p.entry.seq > shown_seq_ &&
           std::find(who.begin(), who.end(), from.user) != who.end();
  };
  joiner one{from, std::move(reply)};
  const auto at = std::find_if(pending_.rbegin(), pending_.rend(), names_user);
  if (at == pending_.rend()) return let_in(one);
  at->joining.push_back(std::move(one));
}

void conversation_actor::let_in(joiner& one) {
  const auto& who = one.who;
  if (who.connection != 0) send(env_.networks[who.network], subscribe{id_, who.connection});
  if (one.reply.pending()) one.reply.deliver(chat::done{});
}

void conversation_actor::on_leave(const chat::caller& from) {
  auto reply = make_response_promise();
  if (auto allowed = room_->authorize(from.user, chat::action::join); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  const auto is_same = [&](joiner& one) {
    const bool same = one.who.network == from.network && one.who.connection == from.connection;
    if (same && one.reply.pending()) one.reply.deliver(chat::done{});
    return same;
  };
  for (auto& one : pending_) std::erase_if(one.joining, is_same);
  if (from.connection != 0) send(env_.networks[from.network], unsubscribe{id_, from.connection});
  reply.deliver(chat::done{});
}

void conversation_actor::on_check_member(const chat::caller& from) {
  auto reply = make_response_promise();
  if (auto allowed = room_->authorize(from.user, chat::action::read); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  reply.deliver(chat::done{});
}

void conversation_actor::on_list_members(const chat::caller& from, const chat::list_members& what) {
  note_use();
  auto reply = make_response_promise();
  if (auto allowed = room_->authorize(from.user, chat::action::read); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  ask_reader(reply, [what](storage::store& store) { return store.members_page(what); },
             [this, from, reply](const chat::expected<chat::member_page>& found) mutable {
               if (!found) return reply.deliver(to_caf(found.error()));
               if (!room_) return reply.deliver(being_loaded());
               if (auto allowed = room_->authorize(from.user, chat::action::read); !allowed)
                 return reply.deliver(to_caf(allowed.error()));
               reply.deliver(*found);
             });
}

// -- typing -------------------------------------------------------------------------------------

void conversation_actor::on_typing(const chat::caller& from, bool active) {
  note_use();
  auto reply = make_response_promise();
  if (auto allowed = room_->authorize(from.user, chat::action::type); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  if (!active) stop_typing(from.user);
  if (!active || room_->is_large()) return reply.deliver(chat::done{});
  const auto now = env_.clock.steady_now();
  auto* at = typist_of(from.user);
  if (at == nullptr) at = &seldom().typing.emplace_back(typist{from.user, {}, {}, {}});
  at->until = now + milliseconds{env_.options.chat.typing_ms};
  if (at->announced == chat::clock::steady{} || now - at->announced >= typing_repeat) {
    at->announced = now;
    announce_typing(from.user, reply);
  } else {
    reply.deliver(chat::done{});
  }
  if (typing_tick_) return;
  typing_tick_ = true;
  delayed_send(this, milliseconds{env_.options.chat.typing_ms}, typing_atom::value);
}

/// Those whom the typist has blocked do not hear it: it would show them that somebody is there who
/// is offline to them. Between two the block itself keeps both from typing. Answered when it is told,
/// so that a StopTyping that follows finds it told.
void conversation_actor::announce_typing(const chat::user_id& user, promise reply) {
  static const auto nobody = std::make_shared<const std::vector<chat::user_id>>();
  if (chat::is_two_person(room_->info().type)) {
    tell_typing(*typist_of(user), nobody);
    return reply.deliver(chat::done{});
  }
  ask_reader(
      reply, [user](storage::store& store) { return store.blocks_of(user); },
      [this, user, reply, since = typist_of(user)->announced](
          const chat::expected<std::vector<chat::blocked_user>>& blocked) mutable {
        reply.deliver(chat::done{});
        auto* const at = typist_of(user);
        if (!blocked || at == nullptr || at->announced != since) return;
        std::vector<chat::user_id> users;
        for (const auto& one : *blocked) users.push_back(one.user);
        tell_typing(*at, std::make_shared<const std::vector<chat::user_id>>(std::move(users)));
      });
}

/// Who has heard of the beginning must hear of the end: `spared` is who has heard nothing.
void conversation_actor::tell_typing(typist& who, const participants& blocked) {
  announce(fan_out{id_, chat::audience::joined_others, who.user,
                   chat::typing_changed{id_, who.user, true}, participants_, {}, blocked});
  const auto keeps = [&](const chat::user_id& user) {
    return std::find(blocked->begin(), blocked->end(), user) != blocked->end();
  };
  if (!who.spared) {
    who.spared = blocked;
    return;
  }
  std::vector<chat::user_id> both;
  std::copy_if(who.spared->begin(), who.spared->end(), std::back_inserter(both), keeps);
  who.spared = std::make_shared<const std::vector<chat::user_id>>(std::move(both));
}

/// Null: it does not type.
auto conversation_actor::typist_of(const chat::user_id& user) -> typist* {
  if (!seldom_) return nullptr;
  auto& typing = seldom_->typing;
  const auto at = std::find_if(typing.begin(), typing.end(),
                               [&](const typist& t) { return t.user == user; });
  return at == typing.end() ? nullptr : &*at;
}

void conversation_actor::stop_typing(const chat::user_id& user) {
  const auto* const at = typist_of(user);
  if (at == nullptr) return;
  const auto spared = at->spared;
  seldom_->typing.erase(seldom_->typing.begin() + (at - seldom_->typing.data()));
  let_go_of_seldom();
  if (spared)  // else nobody has heard of it
    announce(fan_out{id_, chat::audience::joined_others, user,
                     chat::typing_changed{id_, user, false}, participants_, {}, spared});
}

auto conversation_actor::is_anybody_typing() const -> bool {
  return seldom_ && !seldom_->typing.empty();
}

void conversation_actor::expire_typing() {
  typing_tick_ = false;
  if (!is_anybody_typing()) return;
  const auto now = env_.clock.steady_now();
  std::vector<chat::user_id> over;
  for (const auto& t : seldom_->typing)
    if (t.until <= now) over.push_back(t.user);
  for (const auto& user : over) stop_typing(user);
  if (!is_anybody_typing()) return;
  const auto& typing = seldom_->typing;
  const auto next = std::min_element(typing.begin(), typing.end(), [](auto& a, auto& b) {
    return a.until < b.until;
  });
  typing_tick_ = true;
  delayed_send(this, std::chrono::ceil<milliseconds>(next->until - now), typing_atom::value);
}

// -- receipts -----------------------------------------------------------------------------------

auto conversation_actor::newest_visible() const -> std::uint64_t {
  return env_.options.delivery == config::delivery_mode::immediate ? shown_seq_ : stored_seq_;
}

void conversation_actor::on_mark(const chat::caller& from, const chat::mark& what) {
  note_use();
  auto reply = make_response_promise();
  if (auto allowed = room_->authorize(from.user, chat::action::mark); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  const auto seq = what.up_to_seq == 0 ? newest_visible() : what.up_to_seq;
  on_receipts({{from.user, seq}}, what.status);
  reply.deliver(chat::done{});
}

/// Whoever moves the cursor hands the messages over: two claims never get the same one.
void conversation_actor::on_claim_delivered(const chat::caller& from,
                                            const chat::claim_delivered& what) {
  auto reply = make_response_promise();
  const auto* who = room_->find(from.user);
  if (who == nullptr) return reply.deliver(what.up_to_seq);
  const auto before = who->cursors.delivered_seq;
  on_receipts({{from.user, what.up_to_seq}}, chat::message_status::delivered);
  reply.deliver(before);
}

void conversation_actor::on_delivered(const delivered_to& report) {
  on_receipts(report.items, chat::message_status::delivered);
}

void conversation_actor::on_receipts(const std::vector<delivered_to::item>& items,
                                     chat::message_status status) {
  const auto now = room_->time_at(env_.clock.now());
  const auto to = room_->is_large() ? chat::audience::actor_only : chat::audience::everyone;
  save_cursors moved;
  for (const auto& item : items) {
    const auto reached = std::min(item.seq, newest_visible());
    if (reached > stored_seq_) note_ahead(item.user, reached, status);
    const auto seq = room_->move_cursor(item.user, status, std::min(reached, stored_seq_), now);
    if (!seq) continue;
    moved.rows.push_back(row_of(*room_, item.user));
    const auto hearers = room_->has_blocked_other(item.user) ? chat::audience::actor_only : to;
    announce(hearers, item.user, chat::receipt{id_, status, item.user, *seq, now});
  }
  if (moved.rows.empty()) return;
  has_moved_cursors_ = true;
  send(env_.worker_of(id_), std::move(moved));
}

/// What is not stored may get another seq, and its seq may become that of a message nobody has seen: a
/// cursor moves when it is certain what it stands for.
void conversation_actor::note_ahead(const chat::user_id& user, std::uint64_t seq,
                                    chat::message_status status) {
  if (room_->find(user) == nullptr) return;
  auto& noted = seldom().ahead[user];
  auto& at = status == chat::message_status::read ? noted.read_seq : noted.delivered_seq;
  at = std::max(at, seq);
}

void conversation_actor::take_up_ahead() {
  if (!seldom_ || seldom_->ahead.empty()) return;
  std::vector<delivered_to::item> delivered;
  std::vector<delivered_to::item> read;
  for (const auto& [user, at] : std::exchange(seldom_->ahead, {})) {
    if (at.delivered_seq > 0) delivered.push_back({user, at.delivered_seq});
    if (at.read_seq > 0) read.push_back({user, at.read_seq});
  }
  let_go_of_seldom();
  on_receipts(delivered, chat::message_status::delivered);
  on_receipts(read, chat::message_status::read);
}

}  // namespace parley::actors
