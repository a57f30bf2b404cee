#pragma once

#include <cstdint>
#include <vector>

#include "storage/store.hpp"

namespace parley::bench {

/// One long conversation and fifty short ones in a store, written through the store's interface.
///
/// Every 50th entry of the long one edits a message and every 200th deletes one, so that seqs and
/// ordinals differ as they do in life. `writer` and `reader` are its members: the reader has read
/// everything; `sleeper` never read a message.
/// @errors run_failure from every call, when the store refuses
class filler {
 public:
  explicit filler(storage::store& store);

  /// Appends until the long conversation holds `messages` messages, and moves the reader's cursor.
  void fill_up_to(std::uint64_t messages);

  auto room() const -> chat::conversation_id { return room_; }
  auto last_seq() const -> std::uint64_t { return last_seq_; }
  auto last_ordinal() const -> std::uint64_t { return last_ordinal_; }

  static auto writer() -> chat::user_id { return {"writer"}; }
  static auto reader() -> chat::user_id { return {"reader"}; }
  static auto sleeper() -> chat::user_id { return {"sleeper"}; }

 private:
  auto make_conversation(std::vector<chat::user_id> members) -> chat::conversation_id;
  auto next_entry() -> chat::entry;
  void mark_read();

  storage::store& store_;
  chat::conversation_id room_;
  std::uint64_t last_seq_ = 1;
  std::uint64_t last_ordinal_ = 0;
  std::vector<chat::entry> recent_;  ///< messages that a change may aim at
};

}  // namespace parley::bench
