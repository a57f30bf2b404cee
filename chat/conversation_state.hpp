#pragma once

#include <cstdint>
#include <vector>

#include "chat/entry.hpp"
#include "chat/people.hpp"

namespace parley::chat {

/// What a conversation is loaded from: the members as stored and the newest numbers.
struct conversation_state {
  conversation_info info;
  std::vector<member> members;  ///< longest-standing first (joined_at, then user)
  std::uint64_t last_seq = 0;
  std::uint64_t last_ordinal = 0;
  /// send_key of the newest sends that carried a client_message_id, oldest first.
  std::vector<std::uint64_t> recent_sends;
  std::vector<block> blocks;  ///< of a two-person conversation: between the two
  timestamp last_at;          ///< of the last entry
  bool has_archive = false;   ///< older entries are in the archive
};

}  // namespace parley::chat
