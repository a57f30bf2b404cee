// The part of conversation_actor that changes what is there: edits, deletions, members, the title.

#include <algorithm>
#include <span>

#include "actors/conversation/queries.hpp"
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

}  // namespace

void conversation_actor::on_edit(const chat::caller& from, const chat::edit_message& what) {
  note_use();
  auto reply = make_response_promise();
  with_message(from.user, what.message, reply, [this, from, what, reply](const chat::entry& original) mutable {
    if (refuse_if_full(reply)) return;
    const auto now = env_.clock.now();
    auto change = room_->edit(from.user, original, what.content,
                              chat::message_id{env_.ids.next(now)}, now);
    if (!change) return submit_change(from, chat::unexpected{change.error()}, reply);
    submit_change(from, std::optional{std::move(*change)}, reply);
  });
}

void conversation_actor::on_delete(const chat::caller& from, const chat::delete_message& what) {
  note_use();
  auto reply = make_response_promise();
  with_message(from.user, what.message, reply, [this, from, reply](const chat::entry& original) mutable {
    if (refuse_if_full(reply)) return;
    const auto now = env_.clock.now();
    submit_change(from,
                  room_->erase(from.user, original, chat::message_id{env_.ids.next(now)}, now),
                  reply);
  });
}

void conversation_actor::on_add(const chat::caller& from, const chat::add_participants& what) {
  note_use();
  auto reply = make_response_promise();
  if (auto allowed = room_->authorize(from.user, chat::action::add_members); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  if (chat::is_two_person(room_->info().type)) {
    const auto is_member = [this](const chat::user_id& user) { return room_->find(user) != nullptr; };
    if (std::all_of(what.users.begin(), what.users.end(), is_member))
      return reply.deliver(chat::created_conversation{id_});
    // A direct conversation stays as it is; a group of all of them begins.
    chat::create_conversation group;
    group.participants = *room_->participants();
    group.participants.insert(group.participants.end(), what.users.begin(), what.users.end());
    ++questions_;
    request(env_.registry, caf::infinite, from, std::move(group))
        .then(
            [this, reply](const chat::created_conversation& made) mutable {
              --questions_;
              reply.deliver(made);
            },
            [this, reply](const caf::error& why) mutable {
              --questions_;
              reply.deliver(why);
            });
    return;
  }
  ask_reader(
      reply, [user = from.user, others = what.users, fresh = room_->strangers_among(what.users)](
          storage::store& store) -> chat::expected<std::vector<chat::block>> {
        if (auto fine = check_room(store, fresh); !fine) return chat::unexpected{fine.error()};
        return store.blocks_between(user, others);
      },
      [this, from, users = what.users,
       reply](const chat::expected<std::vector<chat::block>>& blocks) mutable {
        if (!blocks) return reply.deliver(to_caf(blocks.error()));
        if (!room_)
          return reply.deliver(being_loaded());
        if (refuse_if_full(reply)) return;
        const auto fresh = room_->strangers_among(users);
        if (auto fine = room_->may_add(from.user, fresh, *blocks); !fine)
          return submit_change(from, chat::unexpected{fine.error()}, reply);
        if (fresh.empty()) return reply.deliver(chat::created_conversation{id_});
        add_in_parts(from, fresh, reply);
      });
}

/// Each part is an entry of its own: a transaction with thousands of members would hold up whatever
/// else is to be stored. Whoever asked is answered with the last.
void conversation_actor::add_in_parts(const chat::caller& from,
                                      const std::vector<chat::user_id>& fresh, promise reply) {
  const auto end = static_cast<std::ptrdiff_t>(fresh.size());
  for (std::ptrdiff_t at = 0; at < end; at += max_added_at_once) {
    const auto next = std::min(at + max_added_at_once, end);
    const auto now = env_.clock.now();
    auto change = room_->add(from.user, {fresh.begin() + at, fresh.begin() + next},
                             chat::message_id{env_.ids.next(now)}, now);
    submit(from, std::move(**change), next == end ? std::vector{reply} : std::vector<promise>{});
  }
}

/// JoinGroup's second half: the caller becomes a member, then hears what members hear.
void conversation_actor::on_enter(const chat::caller& from) {
  note_use();
  auto reply = make_response_promise();
  if (room_->find(from.user) != nullptr) return enter(from, reply);
  ask_reader(
      reply, [user = from.user](storage::store& store) -> chat::expected<chat::done> {
        if (auto fine = check_room(store, {&user, 1}); !fine) return chat::unexpected{fine.error()};
        return chat::done{};
      },
      [this, from, reply](const chat::expected<chat::done>& fine) mutable {
        if (!fine) return reply.deliver(to_caf(fine.error()));
        if (!room_) return reply.deliver(being_loaded());
        enter(from, reply);
      });
}

void conversation_actor::enter(const chat::caller& from, promise reply) {
  if (refuse_if_full(reply)) return;
  const auto now = env_.clock.now();
  auto change = room_->enter(from.user, chat::message_id{env_.ids.next(now)}, now);
  const bool is_member = !!change;
  if (change && !*change)
    reply.deliver(chat::created_conversation{id_});
  else
    submit_change(from, std::move(change), reply);
  if (!is_member) return;
  join_after_membership(from, {});
  elect_owner();  // all had left
}

/// The worker that writes blocks reads them too, in the order asked: the last answer is the truth.
void conversation_actor::on_blocks_changed() {
  auto reply = make_response_promise();
  const auto& info = room_->info();
  if (!chat::is_two_person(info.type)) return reply.deliver(chat::done{});
  ++questions_;
  ask_database(
      this, env_.room_worker,
      [one = info.participant1, other = info.participant2](storage::store& store) {
        return store.blocks_between(one, {&other, 1});
      },
      [this, reply](chat::expected<std::vector<chat::block>> blocks) mutable {
        --questions_;
        if (!blocks) {
          // What is stored must come to hold even if nobody asks again.
          delayed_send(this, std::chrono::seconds{1}, chat::caller{}, blocks_changed{id_});
          return reply.deliver(to_caf(blocks.error()));
        }
        if (!room_) {  // it will be loaded with the old ones or with the new: make sure
          delayed_send(this, std::chrono::milliseconds{10}, chat::caller{}, blocks_changed{id_});
          return reply.deliver(refusal(chat::errc::unavailable, "the conversation is reloading"));
        }
        room_->set_blocks(std::move(*blocks));
        for (const auto& user : *room_->participants())
          if (!room_->authorize(user, chat::action::type)) stop_typing(user);
        reply.deliver(chat::done{});
      });
}

void conversation_actor::on_remove(const chat::caller& from, const chat::remove_participant& what) {
  note_use();
  auto reply = make_response_promise();
  if (refuse_if_full(reply)) return;
  const auto now = env_.clock.now();
  const auto& user = what.user.value.empty() ? from.user : what.user;
  auto change = room_->remove(from.user, user, chat::message_id{env_.ids.next(now)}, now);
  const bool removed = change && *change;
  if (removed) stop_typing(user);
  submit_change(from, std::move(change), reply, user);
  if (removed) elect_owner();
}

/// A group whose owner left gets the next one. Asked again whenever a conversation is loaded:
/// the owner's leaving may be stored and the election lost.
void conversation_actor::elect_owner() {
  if (!may_elect_) return;
  const auto now = env_.clock.now();
  if (auto heir = room_->succession(chat::message_id{env_.ids.next(now)}, now))
    submit({}, std::move(*heir), {});
}

void conversation_actor::on_rename(const chat::caller& from, const chat::rename& what) {
  note_use();
  auto reply = make_response_promise();
  if (refuse_if_full(reply)) return;
  const auto now = env_.clock.now();
  submit_change(from,
                room_->set_title(from.user, what.title, chat::message_id{env_.ids.next(now)}, now),
                reply);
}

void conversation_actor::on_set_role(const chat::caller& from, const chat::set_role& what) {
  note_use();
  auto reply = make_response_promise();
  if (refuse_if_full(reply)) return;
  const auto now = env_.clock.now();
  const auto& user = what.user.value.empty() ? from.user : what.user;
  submit_change(
      from, room_->set_role(from.user, user, what.role, chat::message_id{env_.ids.next(now)}, now),
      reply);
}

void conversation_actor::submit_change(const chat::caller& from,
                                       chat::expected<std::optional<chat::entry>> change,
                                       promise reply, chat::user_id also) {
  if (!change) {
    env_.metrics.refused.Increment();
    return reply.deliver(to_caf(change.error()));
  }
  if (!*change) return reply.deliver(chat::done{});
  submit(from, std::move(**change), {std::move(reply)}, std::move(also));
}

}  // namespace parley::actors
