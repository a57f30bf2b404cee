#include "actors/conversation/live.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "actors/conversation/actor.hpp"
#include "actors/conversation/storing.hpp"

namespace parley::actors {
namespace {

using std::chrono::milliseconds;

auto row_of(const chat::conversation& room, const chat::user_id& user) -> chat::cursor_row {
  return {room.info().id, user, room.find(user)->cursors};
}

}  // namespace

void on_join(conversation_actor* self, const chat::caller& from) {
  self->note_use();
  auto reply = self->make_response_promise();
  if (auto allowed = self->its.room->authorize(from.user, chat::action::join); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  join_after_membership(self, from, reply);
}

void join_after_membership(conversation_actor* self, const chat::caller& from, promise reply) {
  joiner one{from, std::move(reply)};
  auto* const membership = self->its.entries.unshown_membership(from.user);
  if (membership == nullptr) return let_in(self, one);
  membership->joining.push_back(std::move(one));
}

void let_in(conversation_actor* self, joiner& one) {
  const auto& who = one.who;
  if (who.connection != 0)
    self->send(self->its.env.lanes[who.network].network, subscribe{self->its.id, who.connection});
  if (one.reply.pending()) one.reply.deliver(chat::done{});
}

void on_leave(conversation_actor* self, const chat::caller& from) {
  auto reply = self->make_response_promise();
  if (auto allowed = self->its.room->authorize(from.user, chat::action::join); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  const auto is_same = [&](joiner& one) {
    const bool same = one.who.network == from.network && one.who.connection == from.connection;
    if (same && one.reply.pending()) one.reply.deliver(chat::done{});
    return same;
  };
  for (auto& one : self->its.entries.pending()) std::erase_if(one.joining, is_same);
  if (from.connection != 0)
    self->send(self->its.env.lanes[from.network].network,
               unsubscribe{self->its.id, from.connection});
  reply.deliver(chat::done{});
}

// -- typing -------------------------------------------------------------------------------------

namespace {

/// Who hears of it has joined, and is none of `spared`.
void announce_typing(conversation_actor* self, const chat::user_id& user, bool active,
                     const chat::people& spared) {
  announce(self, fan_out{self->its.id,
                         chat::audience::joined_others,
                         user,
                         chat::typing_changed{self->its.id, user, active},
                         self->its.people,
                         {},
                         spared});
}

void begin_typing(conversation_actor* self, const chat::user_id& user,
                  const chat::people& blocked) {
  announce_typing(self, user, true, blocked);
  self->rare().typing.note_told(user, blocked);
}

/// Those whom the typist has blocked do not hear it: it would show them that somebody is there who
/// is offline to them. Between two the block itself keeps both from typing. Answered when it is
/// told, so that a StopTyping that follows finds it told.
void tell_typing(conversation_actor* self, const chat::user_id& user, chat::clock::steady since,
                 promise reply) {
  static const auto nobody = std::make_shared<const std::vector<chat::user_id>>();
  if (chat::is_two_person(self->its.room->info().type)) {
    begin_typing(self, user, nobody);
    return reply.deliver(chat::done{});
  }
  self->ask_reader(
      reply, [user](storage::store& store) { return store.blocks_of(user); },
      [self, user, reply,
       since](const chat::expected<std::vector<chat::blocked_user>>& blocked) mutable {
        reply.deliver(chat::done{});
        const auto& rare = self->its.rare;
        if (!blocked || !rare || rare->typing.announced(user) != since) return;
        std::vector<chat::user_id> users;
        for (const auto& one : *blocked) users.push_back(one.user);
        begin_typing(self, user,
                     std::make_shared<const std::vector<chat::user_id>>(std::move(users)));
      });
}

void expire_typing_in(conversation_actor* self, milliseconds time) {
  self->its.typing_tick = true;
  self->delayed_send(self, time, typing_atom::value);
}

}  // namespace

void on_typing(conversation_actor* self, const chat::caller& from, bool active) {
  self->note_use();
  auto reply = self->make_response_promise();
  const auto& its = self->its;
  if (auto allowed = its.room->authorize(from.user, chat::action::type); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  if (!active) stop_typing(self, from.user);
  if (!active || its.room->is_large()) return reply.deliver(chat::done{});
  const auto now = its.env.clock.steady_now();
  const milliseconds time{its.env.options.chat.typing_ms};
  if (self->rare().typing.begin(from.user, now, now + time))
    tell_typing(self, from.user, now, reply);
  else
    reply.deliver(chat::done{});
  if (!its.typing_tick) expire_typing_in(self, time);
}

void stop_typing(conversation_actor* self, const chat::user_id& user) {
  if (!self->its.rare) return;
  const auto spared = self->its.rare->typing.end(user);
  self->let_go_of_rare();
  if (spared) announce_typing(self, user, false, spared);
}

void expire_typing(conversation_actor* self) {
  self->its.typing_tick = false;
  if (!self->its.rare) return;
  const auto now = self->its.env.clock.steady_now();
  for (const auto& user : self->its.rare->typing.over(now)) stop_typing(self, user);
  const auto& rare = self->its.rare;
  if (!rare || rare->typing.empty()) return;
  expire_typing_in(self, std::chrono::ceil<milliseconds>(rare->typing.next_end() - now));
}

// -- receipts -----------------------------------------------------------------------------------

namespace {

/// What is not stored may get another seq, and its seq may become that of a message nobody has
/// seen: a cursor moves when it is certain what it stands for.
void note_ahead(conversation_actor* self, const chat::user_id& user, std::uint64_t seq,
                chat::message_status status) {
  if (self->its.room->find(user) == nullptr) return;
  auto& noted = self->rare().ahead[user];
  auto& at = status == chat::message_status::read ? noted.read_seq : noted.delivered_seq;
  at = std::max(at, seq);
}

void on_receipts(conversation_actor* self, const std::vector<delivered_to::item>& items,
                 chat::message_status status) {
  const auto now = self->its.room->time_at(self->its.env.clock.now());
  const auto to =
      self->its.room->is_large() ? chat::audience::actor_only : chat::audience::everyone;
  save_cursors moved;
  for (const auto& item : items) {
    const auto reached = std::min(item.seq, newest_visible(self));
    if (reached > self->its.entries.stored_seq()) note_ahead(self, item.user, reached, status);
    const auto seq = self->its.room->move_cursor(
        item.user, status, std::min(reached, self->its.entries.stored_seq()), now);
    if (!seq) continue;
    moved.rows.push_back(row_of(*self->its.room, item.user));
    const auto hearers =
        self->its.room->has_blocked_other(item.user) ? chat::audience::actor_only : to;
    announce(self, hearers, item.user, chat::receipt{self->its.id, status, item.user, *seq, now});
  }
  if (moved.rows.empty()) return;
  self->its.has_moved_cursors = true;
  self->send(self->its.env.writer_of(self->its.id), std::move(moved));
}

}  // namespace

void on_mark(conversation_actor* self, const chat::caller& from, const chat::mark& what) {
  self->note_use();
  auto reply = self->make_response_promise();
  if (auto allowed = self->its.room->authorize(from.user, chat::action::mark); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  const auto seq = what.up_to_seq == 0 ? newest_visible(self) : what.up_to_seq;
  on_receipts(self, {{from.user, seq}}, what.status);
  reply.deliver(chat::done{});
}

void on_claim_delivered(conversation_actor* self, const chat::caller& from,
                        const chat::claim_delivered& what) {
  auto reply = self->make_response_promise();
  const auto* who = self->its.room->find(from.user);
  if (who == nullptr) return reply.deliver(what.up_to_seq);
  const auto before = who->cursors.delivered_seq;
  on_receipts(self, {{from.user, what.up_to_seq}}, chat::message_status::delivered);
  reply.deliver(before);
}

void on_delivered(conversation_actor* self, const delivered_to& report) {
  on_receipts(self, report.items, chat::message_status::delivered);
}

void take_up_ahead(conversation_actor* self) {
  if (!self->its.rare || self->its.rare->ahead.empty()) return;
  std::vector<delivered_to::item> delivered;
  std::vector<delivered_to::item> read;
  for (const auto& [user, at] : std::exchange(self->its.rare->ahead, {})) {
    if (at.delivered_seq > 0) delivered.push_back({user, at.delivered_seq});
    if (at.read_seq > 0) read.push_back({user, at.read_seq});
  }
  self->let_go_of_rare();
  on_receipts(self, delivered, chat::message_status::delivered);
  on_receipts(self, read, chat::message_status::read);
}

}  // namespace parley::actors
