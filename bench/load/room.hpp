#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/protocol.hpp"

namespace parley::bench {

/// The judge of one room: what was sent into it, what each member has received. Knows nothing of
/// sockets. Every `on_` function throws run_failure ("check failed") when the server broke its
/// word: a delivery for another room, a gap, a repetition, two orders, a seq that the ack
/// contradicts.
class room {
 public:
  static constexpr std::uint32_t max_unanswered = 8;  ///< sends without an ack, per member

  /// What a delivery or an ack meant.
  struct outcome {
    std::int64_t sent_at = 0;  ///< of its message, as given to begin_message
    std::uint32_t sender = 0;
    bool is_done = false;  ///< acked and delivered to all members, with this
  };

  /// @param kept  what the server promises; what it does not is not checked
  room(std::uint32_t index, std::string conversation_id, std::uint32_t members,
       protocol::promises kept = {});

  auto conversation_id() const -> const std::string& { return conversation_id_; }
  auto outstanding() const -> std::size_t { return messages_.size() - done_behind_; }

  /// The next member, in turn, that has fewer than max_unanswered sends open; members() if none.
  auto next_sender() -> std::uint32_t;
  auto members() const -> std::uint32_t { return static_cast<std::uint32_t>(seats_.size()); }

  /// @param sent_at  when it is sent, or in an open loop when it should have been; now_ns
  /// @returns the message's number in this room: 0, 1, 2...
  auto begin_message(std::uint32_t sender, std::int64_t sent_at, std::int64_t now) -> std::uint64_t;

  auto on_delivery(std::uint32_t member, const hub_record& record, std::int64_t now) -> outcome;
  auto on_ack(std::uint32_t member, const hub_record& record, std::int64_t now) -> outcome;

  /// Throws if something is due and nothing has come for `patience_ns`.
  void check_progress(std::int64_t now, std::int64_t patience_ns) const;

 private:
  struct message {
    std::int64_t sent_at;
    std::int64_t seq;  ///< 0 until the first delivery or the ack tells
    std::uint32_t sender;
    std::uint32_t delivered;  ///< members that have it
    bool is_acked;
  };
  struct seat {
    std::int64_t last_seq = 0;  ///< 0 = nothing received yet
    std::uint32_t unanswered = 0;
  };

  auto find(std::uint64_t number, const char* what) -> message&;
  auto settle(message& found, std::int64_t now) -> outcome;
  void acknowledge(message& found);
  void agree_on_seq(message& found, std::uint64_t number, std::int64_t seq) const;
  void follow_seq(seat& at, std::uint32_t member, std::int64_t seq) const;
  [[noreturn]] void fail(const std::string& what) const;

  std::uint32_t index_;
  std::string conversation_id_;
  protocol::promises kept_;
  std::vector<seat> seats_;
  std::deque<message> messages_;  ///< from number first_ on; finished ones leave at the front
  std::uint64_t first_ = 0;
  std::size_t done_behind_ = 0;  ///< finished ones that wait behind an unfinished one
  std::uint32_t last_sender_ = 0;
  std::int64_t progress_at_ = 0;
};

}  // namespace parley::bench
