// The part of conversation_actor that is about invites: who may make and end them, who comes in.

#include <algorithm>

#include "actors/conversation/queries.hpp"

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
    return chat::unexpected{chat::errc::forbidden, "only its maker, the owner and admins may do this"};
  const auto dropped = store.drop_invite(what.code);
  if (!dropped) return chat::unexpected{dropped.error()};
  return chat::done{};
}

/// Uses the invite for `user`, unless its maker and `user` have nothing to do with each other.
auto take_use(storage::store& store, const chat::enter_by_invite& what, const chat::user_id& user,
              chat::timestamp now) -> chat::expected<void> {
  const auto blocks = store.blocks_between(user, {&what.invited_by, 1});
  if (!blocks) return chat::unexpected{blocks.error()};
  if (auto fine = chat::may_reach(user, {&what.invited_by, 1}, *blocks, chat::no_such_invite); !fine)
    return fine;
  const auto full = store.find_full({&user, 1});
  if (!full) return chat::unexpected{full.error()};
  if (*full) return chat::unexpected{chat::errc::limit, chat::too_many_conversations};
  const auto used = store.use_invite(what.code, now);
  if (!used) return chat::unexpected{used.error()};
  if (!*used) return chat::unexpected{chat::errc::not_found, chat::no_such_invite};
  return {};
}

}  // namespace

void conversation_actor::on_make_invite(const chat::caller& from, const chat::make_invite& what) {
  note_use();
  auto reply = make_response_promise();
  if (auto allowed = may_invite(*room_, from.user); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  chat::invite made{chat::random_code(), id_, from.user, env_.clock.now(), {}, what.max_uses != 0,
                    what.max_uses};
  if (what.expires_in_s != 0)
    made.expires_at.ms = made.created_at.ms + static_cast<std::int64_t>(what.expires_in_s) * 1'000;
  ask_writer(
      reply, [made](storage::store& store) { return store.add_invite(made, chat::max_invites); },
      [reply, made](const chat::expected<void>& kept) mutable {
        kept ? reply.deliver(made) : reply.deliver(to_caf(kept.error()));
      });
}

void conversation_actor::on_list_invites(const chat::caller& from) {
  note_use();
  auto reply = make_response_promise();
  if (auto allowed = may_invite(*room_, from.user); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  ask_reader(
      reply, [id = id_, now = env_.clock.now()](storage::store& store) { return store.invites_of(id, now); },
      [reply](const chat::expected<std::vector<chat::invite>>& found) mutable {
        found ? reply.deliver(*found) : reply.deliver(to_caf(found.error()));
      });
}

void conversation_actor::on_revoke_invite(const chat::caller& from,
                                          const chat::revoke_invite& what) {
  note_use();
  auto reply = make_response_promise();
  if (auto allowed = may_invite(*room_, from.user); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  const bool may_drop_all = !!room_->authorize(from.user, chat::action::remove_other);
  ask_writer(
      reply, [what, user = from.user, may_drop_all, now = env_.clock.now()](storage::store& store) {
        return drop(store, what, user, may_drop_all, now);
      },
      [reply](const chat::expected<chat::done>& dropped) mutable {
        dropped ? reply.deliver(*dropped) : reply.deliver(to_caf(dropped.error()));
      });
}

/// Somebody else's removal of `user` is decided and not stored yet: until then its invites are there.
auto conversation_actor::is_being_removed(const chat::user_id& user) const -> bool {
  return std::any_of(pending_.begin(), pending_.end(), [&](const pending_entry& p) {
    const auto& gone = p.entry.subjects;
    return p.entry.kind == chat::entry_kind::removed && p.entry.actor != user &&
           std::find(gone.begin(), gone.end(), user) != gone.end();
  });
}

/// A use is taken before the caller comes in, so that never more come in than may; when it does not come
/// in after all, the use is given back.
void conversation_actor::on_enter_by_invite(const chat::caller& from,
                                            const chat::enter_by_invite& what) {
  note_use();
  auto reply = make_response_promise();
  if (room_->find(from.user) != nullptr) return reply.deliver(chat::created_conversation{id_});
  if (room_->find(what.invited_by) == nullptr || is_being_removed(from.user))
    return reply.deliver(refusal(chat::errc::not_found, chat::no_such_invite));
  if (refuse_if_full(reply)) return;
  ask_writer(
      reply, [what, user = from.user, now = env_.clock.now()](storage::store& store) {
        return take_use(store, what, user, now);
      },
      [this, from, what, reply](const chat::expected<void>& taken) mutable {
        if (!taken) return reply.deliver(to_caf(taken.error()));
        come_in(from, what, reply);
      });
}

void conversation_actor::come_in(const chat::caller& from, const chat::enter_by_invite& what,
                                 promise reply) {
  const auto give_back = [&] {
    ask_writer({}, [code = what.code](storage::store& store) { return store.return_invite(code); },
               [](const chat::expected<void>&) {});
  };
  if (!room_) {
    give_back();
    return reply.deliver(being_loaded());
  }
  const auto now = env_.clock.now();
  auto change = room_->enter_invited(from.user, what.invited_by, chat::message_id{env_.ids.next(now)}, now);
  const bool comes_in = change && *change;
  if (!comes_in) give_back();
  if (change && !*change) return reply.deliver(chat::created_conversation{id_});
  submit_change(from, std::move(change), reply);
}

}  // namespace parley::actors
