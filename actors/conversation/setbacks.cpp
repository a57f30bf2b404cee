// The store has refused something: what becomes of each entry that was not stored, and how the rest
// is posted anew.

#include <spdlog/spdlog.h>
#include <algorithm>

#include "actors/conversation/actor.hpp"
#include "actors/conversation/answers.hpp"
#include "actors/conversation/storing.hpp"
#include "chat/people.hpp"

namespace parley::actors {
namespace {

/// A message that was refused this often for no fault of its own is given up: somebody else writes
/// into this conversation faster than it can be loaded.
constexpr std::uint8_t max_rounds = 16;

auto find_culprit(const not_stored& what, std::uint64_t seq) -> const not_stored::culprit* {
  const auto& all = what.culprits;
  const auto at = std::lower_bound(all.begin(), all.end(), seq,
                                   [](const auto& one, std::uint64_t s) { return one.seq < s; });
  return at != all.end() && at->seq == seq ? &*at : nullptr;
}

auto is_outage(chat::errc code) -> bool {
  return code == chat::errc::unavailable || code == chat::errc::unknown;
}

void retract(conversation_actor* self, const pending_entry& what) {
  announce(self, fan_out{self->its.id,
                         chat::audience::everyone,
                         what.entry.actor,
                         chat::message_deleted{self->its.id, what.entry.id, 0},
                         what.participants,
                         {}});
}

/// Answers who waits for an entry that will not be stored.
void give_back(conversation_actor* self, pending_entry& one, const not_stored& what,
               const not_stored::culprit* culprit) {
  const auto answer = [&](const caf::error& why) {
    for (auto& reply : one.waiting) reply.deliver(why);
  };
  if (culprit == nullptr)
    return answer(what.why == chat::errc::unknown
                      ? lost()
                      : refusal(chat::errc::unavailable, "the message could not be stored"));
  if (what.why == chat::errc::limit)
    return answer(refusal(chat::errc::limit, chat::too_many_conversations));
  if (what.why == chat::errc::refused)
    return answer(refusal(chat::errc::bad_request, "the store cannot take this message"));
  const auto& first = culprit->existing;
  if (one.entry.fingerprint != first.fingerprint) return answer(used_before());
  if (self->its.rare)
    for (auto& other : self->its.rare->again)  // the first is on its way itself
      if (other.entry.id == first.id) {
        std::move(one.waiting.begin(), one.waiting.end(), std::back_inserter(other.waiting));
        return;
      }
  for (auto& reply : one.waiting) reply.deliver(answer_of(first));
}

/// What becomes of one entry that was not stored. A message with which nothing is wrong is posted
/// anew, whether members have seen it or not; a change rests on what may not be true any more.
void give_up(conversation_actor* self, pending_entry& one, const not_stored& what) {
  const auto* const culprit = find_culprit(what, one.entry.seq);
  const bool elects = one.entry.kind == chat::entry_kind::role && one.waiting.empty();
  if (elects && culprit != nullptr && what.why == chat::errc::refused) self->its.may_elect = false;
  for (auto& waiting : one.joining)
    if (waiting.reply.pending())
      waiting.reply.deliver(refusal(chat::errc::unavailable, "the membership could not be stored"));
  // Each round that names a culprit ends with one entry less; only the others need counting.
  if (what.culprits.empty()) ++one.rounds;
  const bool again = one.entry.kind == chat::entry_kind::message && culprit == nullptr &&
                     !is_outage(what.why) && one.rounds < max_rounds;
  if (again) return self->rare().again.push_back(std::move(one));
  if (one.is_shown) retract(self, one);
  give_back(self, one, what, culprit);
}

auto take_again(conversation_actor* self) -> std::vector<pending_entry> {
  if (!self->its.rare) return {};
  auto again = std::exchange(self->its.rare->again, {});
  self->let_go_of_rare();
  return again;
}

/// Under its id: members may have seen it.
void post_anew(conversation_actor* self, pending_entry one) {
  chat::post what{
      self->its.id, one.entry.content, one.entry.client_message_id, one.entry.reply_to, {}};
  for (const auto& file : one.entry.attachments) what.attachments.push_back(file.id);
  auto message =
      self->its.room->post_message(one.entry.actor, what, one.entry.id, one.entry.created_at);
  if (!message) {
    if (one.is_shown) retract(self, one);
    for (auto& reply : one.waiting) reply.deliver(to_caf(message.error()));
    return;
  }
  message->attachments = std::move(one.entry.attachments);
  one.entry = std::move(*message);
  one.participants = self->its.people;
  submit_pending(self, std::move(one));
}

}  // namespace

/// Everything not stored is answered or posted anew; what this actor believed is thrown away.
void on_not_stored(conversation_actor* self, not_stored& what) {
  auto& its = self->its;
  if (what.attempt != its.entries.attempt()) return;
  spdlog::warn("conversation {} steps down at seq {}: {}", to_string(its.id), what.first_seq,
               to_string(what.why));
  self->send(its.env.writer_of(its.id), attempt_over{what.attempt});
  its.env.metrics.reloads.Increment();
  auto refused = its.entries.step_down(what.first_seq);
  for (auto& one : refused) give_up(self, one, what);
  if (its.rare) its.rare->ahead.clear();  // of seqs that will be others'
  // Look-ups that are under way must not act on what is not true.
  self->load_again();
}

void post_all_anew(conversation_actor* self) {
  for (auto& one : take_again(self)) post_anew(self, std::move(one));
}

void answer_again(conversation_actor* self, const chat::error& why) {
  for (auto& one : take_again(self)) {
    if (one.is_shown && why.code != chat::errc::not_found) {
      self->rare().again.push_back(std::move(one));
      continue;
    }
    if (one.is_shown) retract(self, one);
    for (auto& reply : one.waiting) reply.deliver(to_caf(why));
  }
  if (!self->its.rare) return;
  for (auto& next : self->its.rare->lines.take_all()) next.reply.deliver(to_caf(why));
}

}  // namespace parley::actors
