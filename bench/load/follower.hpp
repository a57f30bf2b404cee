#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "bench/load/caught_up.hpp"

namespace parley::bench {

/// What is known of a conversation's history: which message has which seq. All who tell of it must
/// tell the same.
/// @errors run_failure ("check failed") when they do not
class ledger {
 public:
  static constexpr std::uint64_t no_message = UINT64_MAX;  ///< an entry that is none of ours

  explicit ledger(std::string conversation_id) : id_(std::move(conversation_id)) {}
  auto conversation_id() const -> const std::string& { return id_; }
  void note(std::int64_t seq, std::uint64_t number);
  /// The largest that anybody has told.
  auto last_seq() const -> std::int64_t { return static_cast<std::int64_t>(entries_.size()) - 1; }

 private:
  static constexpr std::uint64_t unknown = UINT64_MAX - 1;
  std::string id_;
  std::unordered_map<std::uint64_t, std::int64_t> seqs_;  ///< by message number
  std::vector<std::uint64_t> entries_{unknown};  ///< message numbers by seq; there is no seq 0
};

/// The judge of one member of one conversation who comes and goes: whatever came live, was missed
/// and caught up with, or came twice around a reconnect, must make one row without a gap.
/// @errors run_failure ("check failed") when it does not
class follower {
 public:
  auto last_seq() const -> std::int64_t { return last_seq_; }
  /// The connection is gone: what comes from now on is held until on_caught_up.
  void on_away();
  /// @returns true when the member has it with this; false when it is held
  auto on_live(ledger& book, std::int64_t seq, std::uint64_t number) -> bool;
  /// The answer to a CatchUp after last_seq().
  void on_caught_up(ledger& book, const caught_up& answer);

 private:
  struct live_event {
    std::int64_t seq;
    std::uint64_t number;
  };
  void follow(ledger& book, std::int64_t seq, std::uint64_t number);

  std::int64_t last_seq_ = 0;
  bool is_holding_ = true;
  std::vector<live_event> held_;
};

}  // namespace parley::bench
