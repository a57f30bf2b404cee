#include "actors/conversation.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

#include "actors/database.hpp"
#include "chat/failpoint.hpp"

namespace parley::actors {
namespace {

using std::chrono::milliseconds;

/// A sender that waited this long is told `unknown`; its message may still be stored.
constexpr milliseconds answer_deadline{4'500};
/// Entries of one conversation that may wait for the store.
constexpr std::size_t max_pending = 1'000;
constexpr std::size_t recent_sends = 128;
/// After a failed load, requests are refused at once for this long.
constexpr milliseconds reload_pause{200};
constexpr std::size_t max_missed = 500;

auto answer_of(const chat::entry& sent) -> chat::posted {
  return {sent.id, sent.seq, sent.created_at};
}

auto refusal(chat::errc code, const char* detail) -> caf::error {
  return to_caf({code, detail});
}

auto lost() -> caf::error {
  return refusal(chat::errc::unknown,
                 "the outcome is not known; retry with the same clientMessageId");
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

conversation_actor::conversation_actor(caf::actor_config& config, environment& env,
                                       chat::conversation_id id)
    : caf::event_based_actor(config), env_(env), id_(id), last_use_(env.clock.steady_now()) {}

auto conversation_actor::make_behavior() -> caf::behavior {
  env_.metrics.conversations.Increment();
  attach_functor([&env = env_] { env.metrics.conversations.Decrement(); });
  load();
  delayed_send(this, milliseconds{env_.options.chat.idle_ms}, idle_atom::value);
  return loading();
}

/// Sessions may still hold the address; what it held goes now.
void conversation_actor::on_exit() {
  room_.reset();
  participants_.reset();
  pending_.clear();
}

// -- states ---------------------------------------------------------------------------------------

auto conversation_actor::loading() -> caf::behavior {
  set_default_handler(caf::skip);  // commands wait in the mailbox
  return {
      [this](not_stored&) {},
      [this](const stored&) {},
  };
}

auto conversation_actor::ready() -> caf::behavior {
  set_default_handler(caf::drop);
  return {
      [this](const chat::caller& from, const chat::post& what) { on_post(from, what); },
      [this](const stored& what) { on_stored(what); },
      [this](const chat::caller& from, const chat::join&) { on_join(from); },
      [this](const chat::caller& from, const chat::leave_live&) { on_leave(from); },
      [this](const chat::caller& from, const chat::typing& t) { on_typing(from, t.active); },
      [this](const chat::caller& from, const chat::mark& what) { on_mark(from, what); },
      [this](const delivered_to& report) { on_delivered(report); },
      [this](const chat::caller& from, const chat::edit_message& what) { on_edit(from, what); },
      [this](const chat::caller& from, const chat::delete_message& what) { on_delete(from, what); },
      [this](const chat::caller& from, const chat::add_participants& what) { on_add(from, what); },
      [this](const chat::caller& from, const chat::remove_participant& what) {
        on_remove(from, what);
      },
      [this](const chat::caller& from, const chat::rename& what) { on_rename(from, what); },
      [this](const chat::caller& from, const chat::read_page& what) { on_page(from, what); },
      [this](const chat::caller& from, const chat::read_stretch& what) { on_stretch(from, what); },
      [this](const chat::caller& from, const chat::catch_up& what) { on_catch_up(from, what); },
      [this](const chat::caller& from, const chat::claim_delivered& what) {
        on_claim_delivered(from, what);
      },
      [this](const chat::caller& from, const chat::enter&) { on_enter(from); },
      [this](const chat::caller& from, const check_member&) { on_check_member(from); },
      [this](not_stored& what) { on_not_stored(what); },
      [this](tick_atom) { answer_overdue(); },
      [this](typing_atom) { expire_typing(); },
      [this](idle_atom) { on_idle_check(); },
      [this](const retire&) {
        if (pending_.empty()) return quit();
        send(env_.registry, retire_refused{id_});
      },
  };
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
      [](tick_atom) {},
      [](typing_atom) {},
      [](idle_atom) {},
      [this](retry_atom) {
        load();
        become(loading());
      },
      [this](const retire&) { quit(); },
  };
}

void conversation_actor::load() {
  ask_database(
      this, env_.reader(),
      [id = id_, now = env_.clock.now(), &ids = env_.ids](storage::store& store) {
        auto found = store.load(id, recent_sends);
        if (!found || *found || id != chat::lobby_id()) return found;
        auto made = store.create(new_lobby(now, ids));  // its first use makes it
        return made ? store.load(id, recent_sends) : found;
      },
      [this](chat::expected<std::optional<storage::conversation_record>> record) {
        on_loaded(std::move(record));
      });
}

void conversation_actor::on_loaded(
    chat::expected<std::optional<storage::conversation_record>> record) {
  if (record && *record) return start(std::move(**record));
  auto why = record ? chat::error{chat::errc::not_found, "no such conversation"} : record.error();
  for (auto& again : std::exchange(again_, {}))
    for (auto& reply : again.waiting) reply.deliver(to_caf(why));
  become(absent(std::move(why)));
}

void conversation_actor::start(storage::conversation_record record) {
  const auto newest = record.last_seq;
  stored_seq_ = newest;
  stored_ordinal_ = record.last_ordinal;
  auto previous = std::move(room_);
  room_ = std::make_unique<chat::conversation>(
      chat::conversation_state{std::move(record.info), std::move(record.members), record.last_seq,
                               record.last_ordinal, std::move(record.recent_sends)},
      env_.rules());
  refresh_participants();
  if (previous) room_->carry_cursors(*previous);
  become(ready());
  if (shown_seq_ == 0) shown_seq_ = newest;
  if (shown_seq_ < newest) show_missed();
  for (auto& again : std::exchange(again_, {})) {
    const chat::post what{id_, again.entry.content, again.entry.client_message_id,
                          again.entry.reply_to, again.entry.attachments};
    post_new(again.from, what, std::move(again.waiting));
  }
}

/// Entries that another owner wrote, or that a commit of ours stored without an answer.
void conversation_actor::show_missed() {
  const auto upto = stored_seq_;
  ask_database(
      this, env_.reader(),
      [id = id_, after = shown_seq_](storage::store& store) {
        return store.entries_after(id, after, max_missed);
      },
      [this, upto](const chat::expected<std::vector<chat::entry>>& missed) {
        if (!missed) return;
        for (const auto& one : *missed) {
          if (one.seq > upto) break;
          announce(chat::audience::everyone, one.actor,
                   chat::to_event(one, room_->info(), one.actor.value));
        }
      });
  shown_seq_ = upto;
}

void conversation_actor::refresh_participants() {
  if (room_->is_lobby()) return;  // its people are whoever listens
  participants_ = std::make_shared<const std::vector<chat::user_id>>(room_->participants());
}

// -- posting ----------------------------------------------------------------------------------------

auto conversation_actor::is_full() const -> bool {
  return pending_.size() >= max_pending ||
         env_.backlog_rows.load(std::memory_order_relaxed) >= env_.options.storage.max_backlog_rows;
}

void conversation_actor::on_post(const chat::caller& from, const chat::post& what) {
  note_use();
  auto reply = make_response_promise();
  if (what.client_message_id.empty()) return post_checked(from, what, reply);
  if (const auto seq = room_->earlier_send(from.user, what.client_message_id))
    return answer_repeat(from, what, reply, *seq);
  // Who was removed meanwhile still gets the answer to what was accepted before.
  if (room_->find(from.user) == nullptr && !room_->is_lobby())
    return look_up_repeat(from, what, reply);
  post_checked(from, what, reply);
}

/// A reply must answer a message that its sender can see here.
void conversation_actor::post_checked(const chat::caller& from, const chat::post& what,
                                      promise reply) {
  if (what.reply_to.is_nil()) return post_new(from, what, {reply});
  if (auto allowed = room_->authorize(from.user, chat::action::post); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  with_message(what.reply_to, reply, [this, from, what, reply](const chat::entry& answered) mutable {
    if (answered.seq <= room_->window_of(from.user).after_seq)
      return reply.deliver(refusal(chat::errc::not_found, "no such message"));
    post_new(from, what, {reply});
  });
}

void conversation_actor::post_new(const chat::caller& from, const chat::post& what,
                                  std::vector<promise> waiting) {
  const auto refuse = [&](const caf::error& why) {
    env_.metrics.refused.Increment();
    for (auto& reply : waiting) reply.deliver(why);
  };
  if (is_full()) return refuse(refusal(chat::errc::busy, "too many messages wait to be stored"));
  const auto now = env_.clock.now();
  auto message = room_->post_message(from.user, what, chat::message_id{env_.ids.next(now)}, now);
  if (!message) return refuse(to_caf(message.error()));
  env_.metrics.accepted.Increment();
  stop_typing(from.user);
  submit(from, std::move(*message), std::move(waiting));
}

void conversation_actor::answer_repeat(const chat::caller& from, const chat::post& what,
                                       promise reply, std::uint64_t seq) {
  const auto at = std::find_if(pending_.begin(), pending_.end(),
                               [seq](const pending_entry& p) { return p.entry.seq == seq; });
  const bool is_pending = at != pending_.end() && at->entry.actor == from.user &&
                          at->entry.client_message_id == what.client_message_id;
  if (!is_pending) return look_up_repeat(from, what, reply);
  if (at->entry.fingerprint != chat::fingerprint_of(what))
    return reply.deliver(refusal(chat::errc::id_conflict, "clientMessageId was used before"));
  at->waiting.push_back(std::move(reply));
}

void conversation_actor::look_up_repeat(const chat::caller& from, const chat::post& what,
                                        promise reply) {
  ask_database(
      this, env_.reader(),
      [id = id_, user = from.user, key = what.client_message_id](storage::store& store) {
        return store.find_send(id, user, key);
      },
      [this, from, what, reply](chat::expected<std::optional<chat::entry>> first) mutable {
        if (!first) return reply.deliver(to_caf(first.error()));
        if (!*first && !room_) return reply.deliver(lost());
        if (!*first) return post_checked(from, what, reply);
        if ((*first)->fingerprint != chat::fingerprint_of(what))
          return reply.deliver(refusal(chat::errc::id_conflict, "clientMessageId was used before"));
        reply.deliver(answer_of(**first));
      });
}

// -- changes ------------------------------------------------------------------------------------------

/// Hands the stored message to `change(entry)`, or refuses.
template <class Change>
void conversation_actor::with_message(chat::message_id id, promise reply, Change change) {
  const auto query = [conversation = id_,
                      id](storage::store& store) -> chat::expected<std::vector<chat::entry>> {
    const auto place = store.locate(id);
    if (!place) return chat::unexpected{place.error()};
    if (!*place || (*place)->conversation != conversation) return std::vector<chat::entry>{};
    return store.entries(conversation, (*place)->seq, (*place)->seq);
  };
  ask_database(this, env_.reader(), query,
               [this, reply, change](chat::expected<std::vector<chat::entry>> found) mutable {
                 if (!found) return reply.deliver(to_caf(found.error()));
                 if (found->empty() || !room_)
                   return reply.deliver(refusal(chat::errc::not_found, "no such message"));
                 change(found->front());
               });
}

void conversation_actor::on_edit(const chat::caller& from, const chat::edit_message& what) {
  note_use();
  auto reply = make_response_promise();
  with_message(what.message, reply, [this, from, what, reply](const chat::entry& original) {
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
  with_message(what.message, reply, [this, from, reply](const chat::entry& original) {
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
    // A direct conversation stays as it is; a group of all of them begins.
    chat::create_conversation group;
    group.participants = room_->participants();
    group.participants.insert(group.participants.end(), what.users.begin(), what.users.end());
    request(env_.registry, caf::infinite, from, std::move(group))
        .then([reply](const chat::created_conversation& made) mutable { reply.deliver(made); },
              [reply](const caf::error& why) mutable { reply.deliver(why); });
    return;
  }
  const auto now = env_.clock.now();
  auto change = room_->add(from.user, what.users, chat::message_id{env_.ids.next(now)}, now);
  if (change && !*change) return reply.deliver(chat::created_conversation{id_});
  submit_change(from, std::move(change), reply);
}

void conversation_actor::on_remove(const chat::caller& from, const chat::remove_participant& what) {
  note_use();
  auto reply = make_response_promise();
  const auto now = env_.clock.now();
  const auto& user = what.user.value.empty() ? from.user : what.user;
  auto change = room_->remove(from.user, user, chat::message_id{env_.ids.next(now)}, now);
  const bool removed = change && *change;
  submit_change(from, std::move(change), reply, user);
  if (!removed) return;
  if (auto heir = room_->succession(chat::message_id{env_.ids.next(now)}, now))
    submit(from, std::move(*heir), {});
}

void conversation_actor::on_rename(const chat::caller& from, const chat::rename& what) {
  note_use();
  const auto now = env_.clock.now();
  submit_change(from,
                room_->set_title(from.user, what.title, chat::message_id{env_.ids.next(now)}, now),
                make_response_promise());
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

// -- storing and showing ----------------------------------------------------------------------------------

void conversation_actor::submit(const chat::caller& from, chat::entry what,
                                std::vector<promise> waiting, chat::user_id also) {
  using enum chat::entry_kind;
  if (what.kind == added || what.kind == removed) refresh_participants();
  ++env_.backlog_rows;
  send(env_.worker_of(id_), append{what, attempt_});
  pending_.push_back({std::move(what), from, std::move(waiting), participants_, std::move(also),
                      env_.clock.steady_now()});
  if (env_.options.delivery == config::delivery_mode::immediate) show(pending_.back());
  if (overdue_tick_) return;
  overdue_tick_ = true;
  delayed_send(this, answer_deadline, tick_atom::value);
}

void conversation_actor::on_stored(const stored& what) {
  if (what.attempt != attempt_) return;
  while (!pending_.empty() && pending_.front().entry.seq <= what.last_seq) {
    auto one = std::move(pending_.front());
    pending_.pop_front();
    stored_seq_ = one.entry.seq;
    if (one.entry.kind == chat::entry_kind::message) stored_ordinal_ = one.entry.ordinal;
    if (shown_seq_ < one.entry.seq) show(one);
    for (auto& reply : one.waiting) {
      env_.metrics.acknowledged.Increment();
      switch (one.entry.kind) {
        case chat::entry_kind::message: reply.deliver(answer_of(one.entry)); break;
        case chat::entry_kind::added: reply.deliver(chat::created_conversation{id_}); break;
        default: reply.deliver(chat::done{});
      }
    }
  }
}

void conversation_actor::show(const pending_entry& what) {
  shown_seq_ = what.entry.seq;
  announce(fan_out{id_, chat::audience::everyone, what.entry.actor,
                   chat::to_event(what.entry, room_->info(), what.from.display_name),
                   what.participants, what.also});
}

void conversation_actor::announce(chat::audience to, const chat::user_id& actor,
                                  chat::event what) {
  announce(fan_out{id_, to, actor, std::move(what), participants_, {}});
}

void conversation_actor::announce(fan_out what) {
  const auto shared = caf::make_message(std::move(what));
  for (const auto& network : env_.networks) send(network, shared);
}

/// Everything not stored is answered or posted anew; what this actor believed is thrown away.
void conversation_actor::on_not_stored(not_stored& what) {
  if (what.attempt != attempt_) return;
  const bool shown = env_.options.delivery == config::delivery_mode::immediate;
  const bool outage = what.why == chat::errc::unavailable || what.why == chat::errc::unknown;
  spdlog::warn("conversation {} steps down at seq {}: {}", to_string(id_), what.first_seq,
               to_string(what.why));
  send(env_.worker_of(id_), attempt_over{attempt_});
  ++attempt_;
  env_.metrics.reloads.Increment();
  for (auto& one : std::exchange(pending_, {})) {
    const bool culprit = one.entry.seq == what.culprit_seq;
    if (shown) retract(one);
    if (culprit && what.why == chat::errc::duplicate) {
      const bool same = one.entry.fingerprint == what.existing.fingerprint;
      for (auto& reply : one.waiting)
        same ? reply.deliver(answer_of(what.existing))
             : reply.deliver(refusal(chat::errc::id_conflict, "clientMessageId was used before"));
    } else if (!culprit && !outage && !shown && one.entry.kind == chat::entry_kind::message) {
      again_.push_back(std::move(one));
    } else {
      const auto why = what.why == chat::errc::unknown
                           ? lost()
                           : refusal(chat::errc::unavailable, "the message could not be stored");
      for (auto& reply : one.waiting) reply.deliver(why);
    }
  }
  shown_seq_ = std::min(shown_seq_, what.first_seq - 1);
  load();
  become(loading());
}

void conversation_actor::retract(const pending_entry& what) {
  if (what.entry.kind == chat::entry_kind::message)
    announce(fan_out{id_, chat::audience::everyone, what.entry.actor,
                     chat::message_deleted{id_, what.entry.id, 0}, what.participants, {}});
}

void conversation_actor::answer_overdue() {
  overdue_tick_ = false;
  const auto oldest = env_.clock.steady_now() - answer_deadline;
  for (auto& one : pending_) {
    if (one.since > oldest) break;
    for (auto& reply : std::exchange(one.waiting, {})) reply.deliver(lost());
  }
  if (pending_.empty()) return;
  overdue_tick_ = true;
  delayed_send(this, milliseconds{500}, tick_atom::value);
}

// -- life ---------------------------------------------------------------------------------------------------

void conversation_actor::note_use() { last_use_ = env_.clock.steady_now(); }

void conversation_actor::on_idle_check() {
  const milliseconds limit{env_.options.chat.idle_ms};
  const auto idle = std::chrono::duration_cast<milliseconds>(env_.clock.steady_now() - last_use_);
  const bool may_go = idle >= limit && pending_.empty() && typing_.empty();
  if (may_go) send(env_.registry, retire_request{id_});
  delayed_send(this, may_go ? limit : std::max(limit - idle, milliseconds{10}), idle_atom::value);
}

auto spawn_conversation(caf::actor_system& system, environment& env, chat::conversation_id id)
    -> caf::actor {
  return system.spawn<conversation_actor>(env, id);
}

}  // namespace parley::actors
