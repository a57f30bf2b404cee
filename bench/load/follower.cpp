#include "bench/load/follower.hpp"

#include <utility>

#include "bench/load/content.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {

void ledger::note(std::int64_t seq, std::uint64_t number) {
  if (seq <= 0) check_failed(id_ + ": an entry without a seq");
  const auto at = static_cast<std::size_t>(seq);
  if (entries_.size() <= at) entries_.resize(at + 1, unknown);
  if (number != no_message && seqs_.try_emplace(number, seq).first->second != seq)
    check_failed(id_ + ": message " + std::to_string(number) + " is there twice, as seq " +
                 std::to_string(seqs_[number]) + " and " + std::to_string(seq));
  if (entries_[at] == unknown) entries_[at] = number;
  if (entries_[at] != number)
    check_failed(id_ + ": seq " + std::to_string(seq) + " is message " + std::to_string(number) +
                 " and message " + std::to_string(entries_[at]));
}

void follower::on_away() {
  is_holding_ = true;
  held_.clear();
}

auto follower::on_live(ledger& book, std::int64_t seq, std::uint64_t number) -> bool {
  if (is_holding_) held_.push_back({seq, number});
  else follow(book, seq, number);
  return !is_holding_;
}

void follower::follow(ledger& book, std::int64_t seq, std::uint64_t number) {
  if (seq != last_seq_ + 1)
    check_failed(book.conversation_id() + ": seq " + std::to_string(seq) + " after " +
                 std::to_string(last_seq_) + (seq > last_seq_ ? ": lost or late" : ": again"));
  book.note(seq, number);
  last_seq_ = seq;
}

void follower::on_caught_up(ledger& book, const caught_up& answer) {
  if (!answer.recovered)
    check_failed(book.conversation_id() + ": CatchUp did not recover what was missed");
  for (const auto& event : answer.events) {
    std::uint64_t number = ledger::no_message;
    if (event.event == "MessageReceived" && !read_content(event.content, number))
      check_failed("CatchUp gave a text that is not ours: " + std::string(event.content));
    follow(book, event.seq, number);
  }
  is_holding_ = false;
  std::int64_t before = 0;
  for (const auto& event : std::exchange(held_, {})) {
    if (event.seq <= before)
      check_failed(book.conversation_id() + ": seq " + std::to_string(event.seq) + " again");
    before = event.seq;
    if (event.seq > last_seq_) follow(book, event.seq, event.number);
    else book.note(event.seq, event.number);
  }
}

}  // namespace parley::bench
