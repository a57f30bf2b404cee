#include "actors/conversation/invites.hpp"

#include "actors/conversation/actor.hpp"
#include "actors/conversation/answers.hpp"
#include "actors/conversation/storing.hpp"

namespace parley::actors {
namespace {

/// May this member of the conversation have to do with its invites?
auto may_invite(const chat::conversation& room, const chat::user_id& user) -> chat::expected<void> {
  auto allowed = room.authorize(user, chat::action::add_members);
  if (allowed && chat::is_two_person(room.info().type))
    return chat::unexpected{chat::errc::forbidden, "a direct conversation stays as it is"};
  return allowed;
}

auto drop(storage::store& store, const chat::revoke_invite& what, const chat::user_id& by,
          bool may_drop_all, chat::timestamp now) -> chat::expected<chat::done> {
  const auto found = store.find_invite(what.code, now);
  if (!found) return chat::unexpected{found.error()};
  if (!*found || (*found)->conversation != what.conversation)
    return chat::unexpected{chat::errc::not_found, chat::no_such_invite};
  if ((*found)->created_by != by && !may_drop_all)
    return chat::unexpected{chat::errc::forbidden,
                            "only its maker, the owner and admins may do this"};
  const auto dropped = store.drop_invite(what.code);
  if (!dropped) return chat::unexpected{dropped.error()};
  return chat::done{};
}

/// Uses the invite for `user`, unless its maker and `user` have nothing to do with each other.
auto take_use(storage::store& store, const chat::enter_by_invite& what, const chat::user_id& user,
              chat::timestamp now) -> chat::expected<void> {
  const auto blocks = store.blocks_between(user, {&what.invited_by, 1});
  if (!blocks) return chat::unexpected{blocks.error()};
  if (auto fine = chat::may_reach(user, {&what.invited_by, 1}, *blocks, chat::no_such_invite);
      !fine)
    return fine;
  const auto full = store.find_full({&user, 1});
  if (!full) return chat::unexpected{full.error()};
  if (*full) return chat::unexpected{chat::errc::limit, chat::too_many_conversations};
  const auto used = store.use_invite(what.code, now);
  if (!used) return chat::unexpected{used.error()};
  if (!*used) return chat::unexpected{chat::errc::not_found, chat::no_such_invite};
  return {};
}

/// Gives the use back and answers then: who is answered finds the invite as it was.
void give_back(conversation_actor* self, const std::string& code, promise reply, auto answer) {
  self->ask_writer(
      reply, [code](storage::store& store) { return store.return_invite(code); },
      [reply, answer](const chat::expected<void>&) mutable { reply.deliver(std::move(answer)); });
}

void come_in(conversation_actor* self, const chat::caller& from, const chat::enter_by_invite& what,
             promise reply) {
  if (!self->its.room) return give_back(self, what.code, reply, being_loaded());
  const auto now = self->its.env.clock.now();
  auto change = self->its.room->enter_invited(from.user, what.invited_by,
                                              chat::message_id{self->its.env.ids.next(now)}, now);
  if (!change) {
    self->its.env.metrics.refused.Increment();
    return give_back(self, what.code, reply, to_caf(change.error()));
  }
  if (!*change)
    return give_back(self, what.code, reply, chat::created_conversation{self->its.id});
  submit_change(self, from, std::move(change), reply);
}

}  // namespace

void on_make_invite(conversation_actor* self, const chat::caller& from,
                    const chat::make_invite& what) {
  self->note_use();
  auto reply = self->make_response_promise();
  if (auto allowed = may_invite(*self->its.room, from.user); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  chat::invite made{chat::random_code(), self->its.id, from.user, self->its.env.clock.now(), {},
                    what.max_uses != 0,  what.max_uses};
  if (what.expires_in_s != 0)
    made.expires_at.ms = made.created_at.ms + static_cast<std::int64_t>(what.expires_in_s) * 1'000;
  self->ask_writer(
      reply, [made](storage::store& store) { return store.add_invite(made, chat::max_invites); },
      [reply, made](const chat::expected<void>& kept) mutable {
        kept ? reply.deliver(made) : reply.deliver(to_caf(kept.error()));
      });
}

void on_list_invites(conversation_actor* self, const chat::caller& from) {
  self->note_use();
  auto reply = self->make_response_promise();
  if (auto allowed = may_invite(*self->its.room, from.user); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  self->ask_reader(
      reply,
      [id = self->its.id, now = self->its.env.clock.now()](storage::store& store) {
        return store.invites_of(id, now);
      },
      [reply](const chat::expected<std::vector<chat::invite>>& found) mutable {
        found ? reply.deliver(*found) : reply.deliver(to_caf(found.error()));
      });
}

void on_revoke_invite(conversation_actor* self, const chat::caller& from,
                      const chat::revoke_invite& what) {
  self->note_use();
  auto reply = self->make_response_promise();
  if (auto allowed = may_invite(*self->its.room, from.user); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  const bool may_drop_all = !!self->its.room->authorize(from.user, chat::action::remove_other);
  self->ask_writer(
      reply,
      [what, user = from.user, may_drop_all, now = self->its.env.clock.now()](
          storage::store& store) { return drop(store, what, user, may_drop_all, now); },
      [reply](const chat::expected<chat::done>& dropped) mutable {
        dropped ? reply.deliver(*dropped) : reply.deliver(to_caf(dropped.error()));
      });
}

void on_enter_by_invite(conversation_actor* self, const chat::caller& from,
                        const chat::enter_by_invite& what) {
  self->note_use();
  auto reply = self->make_response_promise();
  if (self->its.room->find(from.user) != nullptr)
    return reply.deliver(chat::created_conversation{self->its.id});
  if (self->its.room->find(what.invited_by) == nullptr ||
      self->its.entries.is_being_removed(from.user))
    return reply.deliver(refusal(chat::errc::not_found, chat::no_such_invite));
  if (refuse_if_full(self, reply)) return;
  self->ask_writer(
      reply,
      [what, user = from.user, now = self->its.env.clock.now()](storage::store& store) {
        return take_use(store, what, user, now);
      },
      [self, from, what, reply](const chat::expected<void>& taken) mutable {
        if (!taken) return reply.deliver(to_caf(taken.error()));
        come_in(self, from, what, reply);
      });
}

}  // namespace parley::actors
