#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace parley::bench {

/// One event that CatchUp handed over. Views into the record it was read from.
struct missed_event {
  std::string_view event;    ///< MessageReceived, ParticipantsAdded...
  std::string_view content;  ///< of a message
  std::int64_t seq = 0;
};

/// CatchUp's answer for one conversation.
struct caught_up {
  std::string_view conversation_id;
  bool recovered = false;
  std::int64_t last_seq = 0;
  std::vector<missed_event> events;
};

/// Reads the answer to a CatchUp out of its completion record (JSON).
///
/// @returns false when it is none
auto read_caught_up(std::string_view record, std::vector<caught_up>& out) -> bool;

/// Must give our messages 0 to `count` - 1 under the seqs from `first_seq` on, and nothing else.
/// @throws run_failure ("check failed") when it does not
void check_missed(const caught_up& answer, std::int64_t first_seq, std::uint32_t count);

}  // namespace parley::bench
