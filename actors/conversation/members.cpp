#include "actors/conversation/members.hpp"

#include <algorithm>
#include <span>

#include "actors/conversation/actor.hpp"
#include "actors/conversation/answers.hpp"
#include "actors/conversation/live.hpp"
#include "actors/conversation/storing.hpp"
#include "chat/people.hpp"

namespace parley::actors {
namespace {

/// Members of one entry.
constexpr std::ptrdiff_t max_added_at_once = 250;

/// The store decides; but what it refuses has the conversation loaded again.
auto check_room(storage::store& store, std::span<const chat::user_id> users)
    -> chat::expected<void> {
  const auto full = store.find_full(users);
  if (!full) return chat::unexpected{full.error()};
  if (*full) return chat::unexpected{chat::errc::limit, chat::too_many_conversations};
  return {};
}

/// Each part is an entry of its own: a transaction with thousands of members would hold up whatever
/// else is to be stored. Whoever asked is answered with the last.
void add_in_parts(conversation_actor* self, const chat::caller& from,
                  const std::vector<chat::user_id>& fresh, promise reply) {
  const auto end = static_cast<std::ptrdiff_t>(fresh.size());
  for (std::ptrdiff_t at = 0; at < end; at += max_added_at_once) {
    const auto next = std::min(at + max_added_at_once, end);
    const auto now = self->its.env.clock.now();
    auto change = self->its.room->add(from.user, {fresh.begin() + at, fresh.begin() + next},
                                      chat::message_id{self->its.env.ids.next(now)}, now);
    submit(self, from, std::move(**change),
           next == end ? std::vector{reply} : std::vector<promise>{});
  }
}

void enter(conversation_actor* self, const chat::caller& from, promise reply) {
  if (refuse_if_full(self, reply)) return;
  const auto now = self->its.env.clock.now();
  auto change =
      self->its.room->enter(from.user, chat::message_id{self->its.env.ids.next(now)}, now);
  const bool is_member = !!change;
  if (change && !*change)
    reply.deliver(chat::created_conversation{self->its.id});
  else
    submit_change(self, from, std::move(change), reply);
  if (!is_member) return;
  join_after_membership(self, from, {});
  elect_owner(self);  // all had left
}

/// A direct conversation stays as it is; a group of all of them begins.
void found_group(conversation_actor* self, const chat::caller& from,
                 const chat::add_participants& what, promise reply) {
  const auto& room = *self->its.room;
  const auto is_member = [&](const chat::user_id& user) { return room.find(user) != nullptr; };
  if (std::all_of(what.users.begin(), what.users.end(), is_member))
    return reply.deliver(chat::created_conversation{self->its.id});
  chat::create_conversation group;
  group.participants = *room.participants();
  group.participants.insert(group.participants.end(), what.users.begin(), what.users.end());
  ++self->its.questions;
  self->request(self->its.env.registry, caf::infinite, from, std::move(group))
      .then(
          [self, reply](const chat::created_conversation& made) mutable {
            --self->its.questions;
            reply.deliver(made);
          },
          [self, reply](const caf::error& why) mutable {
            --self->its.questions;
            reply.deliver(why);
          });
}

}  // namespace

void on_check_member(conversation_actor* self, const chat::caller& from) {
  auto reply = self->make_response_promise();
  if (auto allowed = self->its.room->authorize(from.user, chat::action::read); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  reply.deliver(chat::done{});
}

void on_list_members(conversation_actor* self, const chat::caller& from,
                     const chat::list_members& what) {
  self->note_use();
  auto reply = self->make_response_promise();
  if (auto allowed = self->its.room->authorize(from.user, chat::action::read); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  self->ask_reader(
      reply, [what](storage::store& store) { return store.members_page(what); },
      [self, from, reply](const chat::expected<chat::member_page>& found) mutable {
        if (!found) return reply.deliver(to_caf(found.error()));
        if (!self->its.room) return reply.deliver(being_loaded());
        if (auto allowed = self->its.room->authorize(from.user, chat::action::read); !allowed)
          return reply.deliver(to_caf(allowed.error()));
        reply.deliver(*found);
      });
}

void on_add(conversation_actor* self, const chat::caller& from,
            const chat::add_participants& what) {
  self->note_use();
  auto reply = self->make_response_promise();
  if (auto allowed = self->its.room->authorize(from.user, chat::action::add_members); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  if (chat::is_two_person(self->its.room->info().type)) return found_group(self, from, what, reply);
  self->ask_reader(
      reply,
      [user = from.user, others = what.users, fresh = self->its.room->strangers_among(what.users)](
          storage::store& store) -> chat::expected<std::vector<chat::block>> {
        if (auto fine = check_room(store, fresh); !fine) return chat::unexpected{fine.error()};
        return store.blocks_between(user, others);
      },
      [self, from, users = what.users,
       reply](const chat::expected<std::vector<chat::block>>& blocks) mutable {
        if (!blocks) return reply.deliver(to_caf(blocks.error()));
        if (!self->its.room) return reply.deliver(being_loaded());
        if (refuse_if_full(self, reply)) return;
        const auto fresh = self->its.room->strangers_among(users);
        if (auto fine = self->its.room->may_add(from.user, fresh, *blocks); !fine)
          return submit_change(self, from, chat::unexpected{fine.error()}, reply);
        if (fresh.empty()) return reply.deliver(chat::created_conversation{self->its.id});
        add_in_parts(self, from, fresh, reply);
      });
}

void on_enter(conversation_actor* self, const chat::caller& from) {
  self->note_use();
  auto reply = self->make_response_promise();
  if (self->its.room->find(from.user) != nullptr) return enter(self, from, reply);
  self->ask_reader(
      reply,
      [user = from.user](storage::store& store) -> chat::expected<chat::done> {
        if (auto fine = check_room(store, {&user, 1}); !fine) return chat::unexpected{fine.error()};
        return chat::done{};
      },
      [self, from, reply](const chat::expected<chat::done>& fine) mutable {
        if (!fine) return reply.deliver(to_caf(fine.error()));
        if (!self->its.room) return reply.deliver(being_loaded());
        enter(self, from, reply);
      });
}

void on_blocks_changed(conversation_actor* self) {
  auto reply = self->make_response_promise();
  const auto& info = self->its.room->info();
  if (!chat::is_two_person(info.type)) return reply.deliver(chat::done{});
  ++self->its.questions;
  ask_database(
      self, self->its.env.room_writer,
      [one = info.participant1, other = info.participant2](storage::store& store) {
        return store.blocks_between(one, {&other, 1});
      },
      [self, reply](chat::expected<std::vector<chat::block>> blocks) mutable {
        --self->its.questions;
        if (!blocks) {
          // What is stored must come to hold even if nobody asks again.
          self->delayed_send(self, std::chrono::seconds{1}, chat::caller{},
                             blocks_changed{self->its.id});
          return reply.deliver(to_caf(blocks.error()));
        }
        if (!self->its.room) {  // it will be loaded with the old ones or with the new: make sure
          self->delayed_send(self, std::chrono::milliseconds{10}, chat::caller{},
                             blocks_changed{self->its.id});
          return reply.deliver(refusal(chat::errc::unavailable, "the conversation is reloading"));
        }
        self->its.room->set_blocks(std::move(*blocks));
        for (const auto& user : *self->its.room->participants())
          if (!self->its.room->authorize(user, chat::action::type)) stop_typing(self, user);
        reply.deliver(chat::done{});
      });
}

void on_remove(conversation_actor* self, const chat::caller& from,
               const chat::remove_participant& what) {
  self->note_use();
  auto reply = self->make_response_promise();
  if (refuse_if_full(self, reply)) return;
  const auto now = self->its.env.clock.now();
  const auto& user = what.user.value.empty() ? from.user : what.user;
  auto change =
      self->its.room->remove(from.user, user, chat::message_id{self->its.env.ids.next(now)}, now);
  const bool removed = change && *change;
  if (removed) stop_typing(self, user);
  submit_change(self, from, std::move(change), reply, user);
  if (removed) elect_owner(self);
}

void elect_owner(conversation_actor* self) {
  if (!self->its.may_elect) return;
  const auto now = self->its.env.clock.now();
  if (auto heir = self->its.room->succession(chat::message_id{self->its.env.ids.next(now)}, now))
    submit(self, {}, std::move(*heir), {});
}

void on_rename(conversation_actor* self, const chat::caller& from, const chat::rename& what) {
  self->note_use();
  auto reply = self->make_response_promise();
  if (refuse_if_full(self, reply)) return;
  const auto now = self->its.env.clock.now();
  submit_change(self, from,
                self->its.room->set_title(from.user, what.title,
                                          chat::message_id{self->its.env.ids.next(now)}, now),
                reply);
}

void on_set_role(conversation_actor* self, const chat::caller& from, const chat::set_role& what) {
  self->note_use();
  auto reply = self->make_response_promise();
  if (refuse_if_full(self, reply)) return;
  const auto now = self->its.env.clock.now();
  const auto& user = what.user.value.empty() ? from.user : what.user;
  submit_change(self, from,
                self->its.room->set_role(from.user, user, what.role,
                                         chat::message_id{self->its.env.ids.next(now)}, now),
                reply);
}

}  // namespace parley::actors
