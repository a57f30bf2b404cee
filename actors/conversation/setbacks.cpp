// The part of conversation_actor that the store has refused something: what becomes of each entry
// that was not stored, and how the rest is posted anew.

#include <algorithm>
#include <spdlog/spdlog.h>

#include "actors/conversation/queries.hpp"
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

}  // namespace

/// Everything not stored is answered or posted anew; what this actor believed is thrown away.
void conversation_actor::on_not_stored(not_stored& what) {
  if (what.attempt != attempt_) return;
  spdlog::warn("conversation {} steps down at seq {}: {}", to_string(id_), what.first_seq,
               to_string(what.why));
  send(env_.worker_of(id_), attempt_over{attempt_});
  ++attempt_;
  env_.metrics.reloads.Increment();
  for (auto& one : std::exchange(pending_, {})) give_up(one, what);
  shown_seq_ = std::min(shown_seq_, what.first_seq - 1);
  if (seldom_) seldom_->ahead.clear();  // of seqs that will be others'
  // Look-ups that are under way must not act on what is not true.
  previous_ = std::move(room_);
  load();
  become(loading());
}

/// What becomes of one entry that was not stored. A message with which nothing is wrong is posted anew,
/// whether members have seen it or not; a change rests on what may not be true any more.
void conversation_actor::give_up(pending_entry& one, const not_stored& what) {
  one.is_shown |= one.entry.seq <= shown_seq_;
  const auto* const culprit = find_culprit(what, one.entry.seq);
  const bool elects = one.entry.kind == chat::entry_kind::role && one.waiting.empty();
  if (elects && culprit != nullptr && what.why == chat::errc::refused) may_elect_ = false;
  for (auto& waiting : one.joining)
    if (waiting.reply.pending())
      waiting.reply.deliver(refusal(chat::errc::unavailable, "the membership could not be stored"));
  // Each round that names a culprit ends with one entry less; only the others need counting.
  if (what.culprits.empty()) ++one.rounds;
  const bool again = one.entry.kind == chat::entry_kind::message && culprit == nullptr &&
                     !is_outage(what.why) && one.rounds < max_rounds;
  if (again) return seldom().again.push_back(std::move(one));
  if (one.is_shown) retract(one);
  give_back(one, what, culprit);
}

/// Answers who waits for an entry that will not be stored.
void conversation_actor::give_back(pending_entry& one, const not_stored& what,
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
  if (seldom_)
    for (auto& other : seldom_->again)  // the first is on its way itself
      if (other.entry.id == first.id) {
        std::move(one.waiting.begin(), one.waiting.end(), std::back_inserter(other.waiting));
        return;
      }
  for (auto& reply : one.waiting) reply.deliver(answer_of(first));
}

/// Under its id: members may have seen it.
void conversation_actor::post_anew(pending_entry one) {
  chat::post what{id_, one.entry.content, one.entry.client_message_id, one.entry.reply_to, {}};
  for (const auto& file : one.entry.attachments) what.attachments.push_back(file.id);
  auto message =
      room_->post_message(one.entry.actor, what, one.entry.id, one.entry.created_at);
  if (!message) {
    if (one.is_shown) retract(one);
    for (auto& reply : one.waiting) reply.deliver(to_caf(message.error()));
    return;
  }
  message->attachments = std::move(one.entry.attachments);
  one.entry = std::move(*message);
  one.participants = participants_;
  submit(std::move(one));
}

/// The conversation could not be loaded again. What members have seen waits for the next try.
void conversation_actor::answer_again(const chat::error& why) {
  for (auto& one : take_again()) {
    if (one.is_shown && why.code != chat::errc::not_found) {
      seldom().again.push_back(std::move(one));
      continue;
    }
    if (one.is_shown) retract(one);
    for (auto& reply : one.waiting) reply.deliver(to_caf(why));
  }
  if (!seldom_) return;
  for (auto& one : seldom_->lines)
    for (auto& next : std::exchange(one.waiting, {})) next.reply.deliver(to_caf(why));
}

void conversation_actor::retract(const pending_entry& what) {
  announce(fan_out{id_, chat::audience::everyone, what.entry.actor,
                   chat::message_deleted{id_, what.entry.id, 0}, what.participants, {}});
}

}  // namespace parley::actors
