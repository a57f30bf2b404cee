#include <algorithm>

#include "actors/conversation/attachment_urls.hpp"
#include "actors/conversation/queries.hpp"
#include "chat/failpoint.hpp"

namespace parley::actors {
namespace {

using std::chrono::milliseconds;

/// A sender that waited this long is told `unknown`; its message may still be stored.
constexpr milliseconds answer_deadline{4'500};
/// Entries of one conversation that may wait for the store.
constexpr std::size_t max_pending = 1'000;

}  // namespace

// -- posting ----------------------------------------------------------------------------------------

auto conversation_actor::is_full() const -> bool {
  return pending_.size() >= max_pending ||
         env_.backlog_rows.load(std::memory_order_relaxed) >= env_.options.storage.max_backlog_rows;
}

auto conversation_actor::refuse_if_full(promise& reply) -> bool {
  if (!is_full()) return false;
  env_.metrics.refused.Increment();
  reply.deliver(refusal(chat::errc::busy, "too many changes wait to be stored"));
  return true;
}

/// New sends of all members together. Who may not post learns that first: the rate tells nothing.
auto conversation_actor::is_over_rate(const chat::caller& from) -> std::optional<chat::error> {
  const auto now = env_.clock.steady_now();
  if (!env_.options.limits.enabled || !room_->authorize(from.user, chat::action::post) ||
      sends_.take(now))
    return std::nullopt;
  env_.metrics.limits.conversation_sends.Increment();
  return chat::error{chat::errc::busy, "too many messages in this conversation",
                     static_cast<std::uint32_t>(sends_.wait(now).count())};
}

void conversation_actor::on_post(const chat::caller& from, const chat::post& what) {
  note_use();
  auto reply = make_response_promise();
  auto* const ahead = line_of(from.user);
  if (ahead == nullptr) return post_or_repeat(from, what, reply);
  if (ahead->waiting.size() >= max_pending)
    return reply.deliver(refusal(chat::errc::busy, "too many messages wait to be stored"));
  ahead->waiting.push_back({from, what, std::move(reply)});
}

/// Null: nothing is being looked up for this user.
auto conversation_actor::line_of(const chat::user_id& user) -> line* {
  if (!seldom_) return nullptr;
  auto& all = seldom_->lines;
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const line& one) { return one.user == user; });
  return at == all.end() ? nullptr : &*at;
}

void conversation_actor::begin_look_up(const chat::user_id& user) {
  auto* at = line_of(user);
  if (at == nullptr) at = &seldom().lines.emplace_back(line{user, 0, {}});
  ++at->asked;
}

/// While the conversation is loaded again those behind it go on waiting: start() lets them go.
void conversation_actor::end_look_up(const chat::user_id& user) {
  --line_of(user)->asked;
  if (room_) post_waiting(user);
}

/// The next ones go, up to one that needs a look-up of its own.
void conversation_actor::post_waiting(const chat::user_id& user) {
  auto* at = line_of(user);
  for (; at->asked == 0 && !at->waiting.empty(); at = line_of(user)) {
    auto next = std::move(at->waiting.front());
    at->waiting.pop_front();
    post_or_repeat(next.from, next.what, next.reply);
  }
  if (at->asked != 0) return;
  seldom_->lines.erase(seldom_->lines.begin() + (at - seldom_->lines.data()));
  let_go_of_seldom();
}

void conversation_actor::post_all_waiting() {
  if (!seldom_) return;
  std::vector<chat::user_id> users;
  for (const auto& one : seldom_->lines) users.push_back(one.user);
  for (const auto& user : users) post_waiting(user);
}

void conversation_actor::post_or_repeat(const chat::caller& from, const chat::post& what,
                                        promise reply) {
  if (what.client_message_id.empty()) return post_checked(from, what, reply);
  if (room_->may_be_repeat(from.user, what.client_message_id))
    return answer_repeat(from, what, reply);
  // Who was removed meanwhile still gets the answer to what was accepted before.
  const bool is_stranger = room_->find(from.user) == nullptr && !room_->is_lobby();
  if (is_stranger || may_be_archived()) return look_up_repeat(from, what, reply);
  post_checked(from, what, reply);
}

/// May there be sends that no unique key keeps from being stored again? What was silent since
/// another day may have been archived since it was loaded.
auto conversation_actor::may_be_archived() const -> bool {
  return has_archive_ || stored_day_ < day_of(env_.clock.now());
}

/// From now on nothing is archived here before the next day: the answer holds until then.
void conversation_actor::note_day(chat::timestamp stored_at) {
  if (day_of(stored_at) <= stored_day_) return;
  stored_day_ = day_of(stored_at);
  has_archive_ = true;
  ask_database(
      this, env_.reader(), [id = id_](storage::store& store) { return store.has_archive(id); },
      [this](const chat::expected<bool>& found) {
        if (found) has_archive_ = *found;
      });
}

/// A reply must answer a message that its sender can see here.
void conversation_actor::post_checked(const chat::caller& from, const chat::post& what,
                                      promise reply) {
  if (const auto over = is_over_rate(from)) return reply.deliver(to_caf(*over));
  if (what.reply_to.is_nil()) return post_with_files(from, what, reply);
  if (auto allowed = room_->authorize(from.user, chat::action::post); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  with_message(from.user, what.reply_to, reply, [this, from, what, reply](const chat::entry& answered) mutable {
    if (answered.seq <= room_->window_of(from.user).after_seq)
      return reply.deliver(refusal(chat::errc::not_found, "no such message"));
    post_with_files(from, what, reply, std::make_shared<const chat::quote>(chat::quote_of(answered)));
  });
}

void conversation_actor::post_new(const chat::caller& from, const chat::post& what,
                                  std::vector<promise> waiting,
                                  std::vector<chat::attachment> files, quote_ptr quoted) {
  const auto refuse = [&](const caf::error& why) {
    env_.metrics.refused.Increment();
    for (auto& reply : waiting) reply.deliver(why);
  };
  if (is_full()) return refuse(refusal(chat::errc::busy, "too many messages wait to be stored"));
  const auto now = env_.clock.now();
  auto message = room_->post_message(from.user, what, chat::message_id{env_.ids.next(now)}, now);
  if (!message) return refuse(to_caf(message.error()));
  message->attachments = std::move(files);
  // One event for all: what somebody may not see is shown to nobody in it.
  if (quoted && room_->participants_seeing(quoted->seq) == room_->participants())
    message->quoted = std::move(quoted);
  env_.metrics.accepted.Increment();
  stop_typing(from.user);
  submit(from, std::move(*message), std::move(waiting));
}

void conversation_actor::answer_repeat(const chat::caller& from, const chat::post& what,
                                       promise reply) {
  const auto at = std::find_if(pending_.begin(), pending_.end(), [&](const pending_entry& p) {
    return p.entry.client_message_id == what.client_message_id && p.entry.actor == from.user;
  });
  if (at == pending_.end()) return look_up_repeat(from, what, reply);
  if (at->entry.fingerprint != chat::fingerprint_of(what))
    return reply.deliver(used_before());
  at->waiting.push_back(std::move(reply));
}

void conversation_actor::look_up_repeat(const chat::caller& from, const chat::post& what,
                                        promise reply) {
  look_up_for(
      from.user, reply,
      [id = id_, user = from.user, key = what.client_message_id](storage::store& store) {
        return store.find_send(id, user, key);
      },
      [this, from, what, reply](chat::expected<std::optional<chat::entry>> first) mutable {
        if (!first) return reply.deliver(to_caf(first.error()));
        if (!*first && !room_)  // it goes on waiting, in front, until all is loaded again
          return line_of(from.user)->waiting.push_front({from, what, std::move(reply)});
        if (!*first) return post_checked(from, what, reply);
        if ((*first)->fingerprint != chat::fingerprint_of(what))
          return reply.deliver(used_before());
        reply.deliver(answer_of(**first));
      });
}

// -- storing and showing ----------------------------------------------------------------------------------

void conversation_actor::submit(const chat::caller& from, chat::entry what,
                                std::vector<promise> waiting, chat::user_id also) {
  using enum chat::entry_kind;
  if (what.kind == added || what.kind == removed) refresh_participants();
  const auto target = what.target_seq;
  pending_entry one{std::move(what), from, std::move(waiting), participants_, std::move(also),
                    env_.clock.steady_now(), {}};
  if (target != 0 && !room_->is_lobby()) one.seeing = room_->participants_seeing(target);
  submit(std::move(one));
}

void conversation_actor::submit(pending_entry what) {
  ++env_.backlog_rows;
  send(env_.worker_of(id_), append{what.entry, attempt_});
  pending_.push_back(std::move(what));
  show_unstored();
  watch();
}

void conversation_actor::on_stored(const stored& what) {
  if (what.attempt != attempt_) return;
  while (!pending_.empty() && pending_.front().entry.seq <= what.last_seq) {
    auto one = std::move(pending_.front());
    pending_.pop_front();
    stored_seq_ = one.entry.seq;
    stored_participants_ = one.participants;
    note_day(one.entry.created_at);
    if (one.entry.kind == chat::entry_kind::deleted) ++deletions_;
    if (one.entry.kind == chat::entry_kind::message) {
      stored_ordinal_ = one.entry.ordinal;
      room_->note_stored(stored_ordinal_);
    }
    if (shown_seq_ < one.entry.seq) show(one);
    for (auto& waiting : one.joining) let_in(waiting);
    show_unstored();
    for (auto& reply : one.waiting) {
      env_.metrics.acknowledged.Increment();
      switch (one.entry.kind) {
        case chat::entry_kind::message: reply.deliver(answer_of(one.entry)); break;
        case chat::entry_kind::added: reply.deliver(chat::created_conversation{id_}); break;
        default: reply.deliver(chat::done{});
      }
    }
  }
  take_up_ahead();
}

/// With `delivery = immediate` messages are shown before they are stored. A change is not: taking it
/// back would need what was there before, and who is a member is no matter of guessing. What comes
/// behind it waits with it.
void conversation_actor::show_unstored() {
  if (env_.options.delivery != config::delivery_mode::immediate) return;
  auto next = pending_.end();
  while (next != pending_.begin() && std::prev(next)->entry.seq > shown_seq_) --next;
  for (; next != pending_.end() && next->entry.kind == chat::entry_kind::message; ++next)
    show(*next);
}

void conversation_actor::show(const pending_entry& what) {
  shown_seq_ = what.entry.seq;
  announce(fan_out{id_, chat::audience::everyone, what.entry.actor,
                   chat::to_event(what.entry, room_->info(), what.from.display_name),
                   what.seeing ? what.seeing : what.participants, what.also});
}

void conversation_actor::announce(chat::audience to, const chat::user_id& actor,
                                  chat::event what) {
  announce(fan_out{id_, to, actor, std::move(what), participants_, {}});
}

void conversation_actor::announce(fan_out what) {
  if (auto* posted = std::get_if<chat::message_posted>(&what.what))
    add_urls(env_, posted->message);
  const auto shared = caf::make_message(std::move(what));
  for (const auto& network : env_.networks) send(network, shared);
}

void conversation_actor::answer_overdue() {
  is_watched_ = false;
  const auto oldest = env_.clock.steady_now() - answer_deadline;
  const auto answer = [&](auto& sorted) {
    for (auto& one : sorted) {
      if (one.since > oldest) return;
      for (auto& reply : std::exchange(one.waiting, {})) reply.deliver(lost());
    }
  };
  if (seldom_) answer(seldom_->again);
  answer(pending_);
  if (!pending_.empty() || (seldom_ && !seldom_->again.empty())) watch();
}

void conversation_actor::watch() {
  if (!std::exchange(is_watched_, true)) keeper().watch(caf::actor_cast<caf::actor>(this));
}

}  // namespace parley::actors
