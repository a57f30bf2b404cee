#include "actors/conversation/posting.hpp"

#include "actors/conversation/answers.hpp"
#include "actors/conversation/live.hpp"
#include "actors/conversation/storing.hpp"

namespace parley::actors {
namespace {

/// New sends of all members together. Who may not post learns that first: the rate tells nothing.
auto is_over_rate(conversation_actor* self, const chat::caller& from)
    -> std::optional<chat::error> {
  auto& its = self->its;
  const auto now = its.env.clock.steady_now();
  if (!its.env.options.limits.enabled || !its.room->authorize(from.user, chat::action::post) ||
      its.sends.take(now))
    return std::nullopt;
  its.env.metrics.limits.conversation_sends.Increment();
  return chat::error{chat::errc::busy, "too many messages in this conversation",
                     static_cast<std::uint32_t>(its.sends.wait(now).count())};
}

/// May there be sends that no unique key keeps from being stored again? What was silent since
/// another day may have been archived since it was loaded.
auto may_be_archived(const conversation_holdings& its) -> bool {
  return its.has_archive || its.stored_day < day_of(its.env.clock.now());
}

/// Hands the stored message to `change(entry)`, or refuses.
template <class Change>
void with_message(conversation_actor* self, const chat::user_id& user, chat::message_id id,
                  promise reply, Change change) {
  const auto query = [conversation = self->its.id,
                      id](storage::store& store) -> chat::expected<std::vector<chat::entry>> {
    const auto place = store.locate(id);
    if (!place) return chat::unexpected{place.error()};
    if (!*place || (*place)->conversation != conversation) return std::vector<chat::entry>{};
    return store.entries(conversation, (*place)->seq, (*place)->seq);
  };
  look_up_for(self, user, reply, query,
              [self, user, id, reply, change, deletions = self->its.entries.deletions()](
                  chat::expected<std::vector<chat::entry>> found) mutable {
                if (!found) return reply.deliver(to_caf(found.error()));
                if (!self->its.room) return reply.deliver(being_loaded());
                // Something was deleted since the row was read: it may have been this.
                if (deletions != self->its.entries.deletions())
                  return with_message(self, user, id, reply, std::move(change));
                if (found->empty())
                  return reply.deliver(refusal(chat::errc::not_found, "no such message"));
                self->its.entries.apply_deletions(found->front());
                change(found->front());
              });
}

/// A reply must answer a message that its sender can see here.
void post_checked(conversation_actor* self, const chat::caller& from, const chat::post& what,
                  promise reply) {
  if (const auto over = is_over_rate(self, from)) return reply.deliver(to_caf(*over));
  if (what.reply_to.is_nil()) return post_with_files(self, from, what, reply);
  if (auto allowed = self->its.room->authorize(from.user, chat::action::post); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  with_message(self, from.user, what.reply_to, reply,
               [self, from, what, reply](const chat::entry& answered) mutable {
                 if (answered.seq <= self->its.room->window_of(from.user).after_seq)
                   return reply.deliver(refusal(chat::errc::not_found, "no such message"));
                 post_with_files(self, from, what, reply,
                                 std::make_shared<const chat::quote>(chat::quote_of(answered)));
               });
}

void look_up_repeat(conversation_actor* self, const chat::caller& from, const chat::post& what,
                    promise reply) {
  look_up_for(
      self, from.user, reply,
      [id = self->its.id, user = from.user, key = what.client_message_id](storage::store& store) {
        return store.find_send(id, user, key);
      },
      [self, from, what, reply](chat::expected<std::optional<chat::entry>> first) mutable {
        if (!first) return reply.deliver(to_caf(first.error()));
        if (!*first && !self->its.room)  // it goes on waiting, in front, until all is loaded again
          return self->its.rare->lines.waiting(from.user)->push_front(
              {from, what, std::move(reply)});
        if (!*first) return post_checked(self, from, what, reply);
        if ((*first)->fingerprint != chat::fingerprint_of(what))
          return reply.deliver(used_before());
        reply.deliver(answer_of(**first));
      });
}

void answer_repeat(conversation_actor* self, const chat::caller& from, const chat::post& what,
                   promise reply) {
  auto* const first = self->its.entries.find_send(from.user, what.client_message_id);
  if (first == nullptr) return look_up_repeat(self, from, what, reply);
  if (first->entry.fingerprint != chat::fingerprint_of(what)) return reply.deliver(used_before());
  first->waiting.push_back(std::move(reply));
}

void post_or_repeat(conversation_actor* self, const chat::caller& from, const chat::post& what,
                    promise reply) {
  const auto& its = self->its;
  if (what.client_message_id.empty()) return post_checked(self, from, what, reply);
  if (its.room->may_be_repeat(from.user, what.client_message_id))
    return answer_repeat(self, from, what, reply);
  // Who was removed meanwhile still gets the answer to what was accepted before.
  const bool is_stranger = its.room->find(from.user) == nullptr && !its.room->is_lobby();
  if (is_stranger || may_be_archived(its)) return look_up_repeat(self, from, what, reply);
  post_checked(self, from, what, reply);
}

/// The next ones go, up to one that needs a look-up of its own.
void post_waiting(conversation_actor* self, const chat::user_id& user) {
  while (auto next = self->its.rare->lines.take_next(user))
    post_or_repeat(self, next->from, next->what, next->reply);
  self->let_go_of_rare();
}

}  // namespace

void on_post(conversation_actor* self, const chat::caller& from, const chat::post& what) {
  self->note_use();
  auto reply = self->make_response_promise();
  auto* const ahead = self->its.rare ? self->its.rare->lines.waiting(from.user) : nullptr;
  if (ahead == nullptr) return post_or_repeat(self, from, what, reply);
  if (ahead->size() >= max_pending)
    return reply.deliver(refusal(chat::errc::busy, "too many messages wait to be stored"));
  ahead->push_back({from, what, std::move(reply)});
}

void begin_look_up(conversation_actor* self, const chat::user_id& user) {
  self->rare().lines.begin_look_up(user);
}

/// While the conversation is loaded again those behind it go on waiting: post_all_waiting() lets
/// them go.
void end_look_up(conversation_actor* self, const chat::user_id& user) {
  self->its.rare->lines.end_look_up(user);
  if (self->its.room) post_waiting(self, user);
}

void post_all_waiting(conversation_actor* self) {
  if (!self->its.rare) return;
  for (const auto& user : self->its.rare->lines.users()) post_waiting(self, user);
}

void note_day(conversation_actor* self, chat::timestamp stored_at) {
  auto& its = self->its;
  if (day_of(stored_at) <= its.stored_day) return;
  its.stored_day = day_of(stored_at);
  its.has_archive = true;
  ask_database(
      self, its.env.reader(),
      [id = its.id](storage::store& store) { return store.has_archive(id); },
      [self](const chat::expected<bool>& found) {
        if (found) self->its.has_archive = *found;
      });
}

void post_new(conversation_actor* self, const chat::caller& from, const chat::post& what,
              std::vector<promise> waiting, std::vector<chat::attachment> files, quote_ptr quoted) {
  auto& its = self->its;
  const auto refuse = [&](const caf::error& why) {
    its.env.metrics.refused.Increment();
    for (auto& reply : waiting) reply.deliver(why);
  };
  if (is_full(self))
    return refuse(refusal(chat::errc::busy, "too many messages wait to be stored"));
  const auto now = its.env.clock.now();
  auto message =
      its.room->post_message(from.user, what, chat::message_id{its.env.ids.next(now)}, now);
  if (!message) return refuse(to_caf(message.error()));
  message->attachments = std::move(files);
  // One event for all: what somebody may not see is shown to nobody in it.
  if (quoted && its.room->participants_seeing(quoted->seq) == its.room->participants())
    message->quoted = std::move(quoted);
  its.env.metrics.accepted.Increment();
  stop_typing(self, from.user);
  submit(self, from, std::move(*message), std::move(waiting));
}

void on_edit(conversation_actor* self, const chat::caller& from, const chat::edit_message& what) {
  self->note_use();
  auto reply = self->make_response_promise();
  with_message(self, from.user, what.message, reply,
               [self, from, what, reply](const chat::entry& original) mutable {
                 if (refuse_if_full(self, reply)) return;
                 auto& its = self->its;
                 const auto now = its.env.clock.now();
                 auto change = its.room->edit(from.user, original, what.content,
                                              chat::message_id{its.env.ids.next(now)}, now);
                 if (!change)
                   return submit_change(self, from, chat::unexpected{change.error()}, reply);
                 submit_change(self, from, std::optional{std::move(*change)}, reply);
               });
}

void on_delete(conversation_actor* self, const chat::caller& from,
               const chat::delete_message& what) {
  self->note_use();
  auto reply = self->make_response_promise();
  with_message(self, from.user, what.message, reply,
               [self, from, reply](const chat::entry& original) mutable {
                 if (refuse_if_full(self, reply)) return;
                 auto& its = self->its;
                 const auto now = its.env.clock.now();
                 submit_change(self, from,
                               its.room->erase(from.user, original,
                                               chat::message_id{its.env.ids.next(now)}, now),
                               reply);
               });
}

}  // namespace parley::actors
