#include "bench/load/room.hpp"

#include <charconv>

#include "bench/load/content.hpp"
#include "bench/measure/clock.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
room::room(std::uint32_t index, std::string conversation_id, std::uint32_t members,
           protocol::promises kept)
    : index_(index),
      conversation_id_(std::move(conversation_id)),
      kept_(kept),
      seats_(members) {}

void room::fail(const std::string& what) const {
  check_failed("room " + std::to_string(index_) + " (" + conversation_id_ + "): " + what);
}

auto room::next_sender() -> std::uint32_t {
  for (std::uint32_t tried = 0; tried < members(); ++tried) {
    last_sender_ = (last_sender_ + 1) % members();
    if (seats_[last_sender_].unanswered < max_unanswered) return last_sender_;
  }
  return members();
}

auto room::begin_message(std::uint32_t sender, std::int64_t sent_at, std::int64_t now)
    -> std::uint64_t {
  if (outstanding() == 0) progress_at_ = now;
  ++seats_[sender].unanswered;
  messages_.push_back({sent_at, 0, sender, 0, false});
  return first_ + messages_.size() - 1;
}

auto room::find(std::uint64_t number, const char* what) -> message& {
  if (number < first_) fail(std::string(what) + " again: message " + std::to_string(number));
  if (number - first_ >= messages_.size()) {
    fail(std::string(what) + " of message " + std::to_string(number) + ", which was never sent");
  }
  return messages_[number - first_];
}

void room::acknowledge(message& found) {
  found.is_acked = true;
  --seats_[found.sender].unanswered;
}

void room::agree_on_seq(message& found, std::uint64_t number, std::int64_t seq) const {
  if (!kept_.seqs) return;
  if (found.seq == 0) found.seq = seq;
  if (found.seq == seq && seq > 0) return;
  fail("message " + std::to_string(number) + " is seq " + std::to_string(found.seq) + " and seq " +
       std::to_string(seq));
}

void room::follow_seq(seat& at, std::uint32_t member, std::int64_t seq) const {
  if (at.last_seq != 0 && seq != at.last_seq + 1) {
    const auto* const kind = seq > at.last_seq ? "lost or late" : "repeated or late";
    fail("delivery " + std::string(kind) + ": member " + std::to_string(member) + " got seq " +
         std::to_string(seq) + " after " + std::to_string(at.last_seq));
  }
  at.last_seq = seq;
}

auto room::on_delivery(std::uint32_t member, const hub_record& record, std::int64_t now)
    -> outcome {
  if (record.conversation_id != conversation_id_) {
    fail("delivery for the wrong room: " + std::string(record.conversation_id));
  }
  if (kept_.seqs) follow_seq(seats_[member], member, record.seq);
  std::uint64_t number = 0;
  if (!read_content(record.content, number)) fail("not our text: " + std::string(record.content));
  auto& found = find(number, "delivery");
  agree_on_seq(found, number, record.seq);
  if (++found.delivered > seats_.size()) fail("delivery again: message " + std::to_string(number));
  if (!kept_.acks && found.sender == member && !found.is_acked) acknowledge(found);
  return settle(found, now);
}

auto room::on_ack(std::uint32_t member, const hub_record& record, std::int64_t now) -> outcome {
  std::uint64_t number = 0;
  const auto id = record.invocation_id;
  std::from_chars(id.data(), id.data() + id.size(), number);
  if (!record.error.empty()) fail("send refused: " + std::string(record.error));
  auto& found = find(number, "ack");
  if (found.sender != member) fail("ack of message " + std::to_string(number) + " to a stranger");
  if (found.is_acked) fail("ack again: message " + std::to_string(number));
  agree_on_seq(found, number, record.seq);
  acknowledge(found);
  return settle(found, now);
}

auto room::settle(message& found, std::int64_t now) -> outcome {
  progress_at_ = now;
  const auto finished = [this](const message& m) {
    return m.is_acked && m.delivered == seats_.size();
  };
  const outcome out{found.sent_at, found.sender, finished(found)};
  if (!out.is_done) return out;
  ++done_behind_;
  while (!messages_.empty() && finished(messages_.front())) {
    messages_.pop_front();
    ++first_;
    --done_behind_;
  }
  return out;
}

void room::check_progress(std::int64_t now, std::int64_t patience_ns) const {
  if (outstanding() == 0 || now - progress_at_ < patience_ns) return;
  for (std::size_t i = 0; i < messages_.size(); ++i) {
    const auto& m = messages_[i];
    if (m.is_acked && m.delivered == seats_.size()) continue;
    fail("lost: message " + std::to_string(first_ + i) + " (seq " + std::to_string(m.seq) +
         ") is " + (m.is_acked ? "acked" : "not acked") + " and reached " +
         std::to_string(m.delivered) + " of " + std::to_string(seats_.size()) +
         " members; nothing came for " + std::to_string(patience_ns / ns_per_second) + " s");
  }
}

}  // namespace parley::bench
