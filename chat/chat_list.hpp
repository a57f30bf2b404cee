#pragma once

#include <optional>
#include <vector>

#include "chat/command_rules.hpp"
#include "chat/entry.hpp"

namespace parley::chat {

struct participant {
  chat::profile profile;
  member_role role = member_role::member;
};

/// One line of a user's chat list.
struct chat_list_row {
  conversation_info info;
  profile other;                      ///< two-person conversations: the other one
  std::optional<entry> last_message;  ///< the newest in the user's window
  cursors slowest;                    ///< minimum over the members other than its sender
  std::uint64_t unread_count = 0;
  timestamp last_activity_at;             ///< last message, else creation
  std::vector<participant> participants;  ///< longest-standing first, at most 50
  std::uint64_t participant_count = 0;
};

/// Position in a chat list: the last row seen.
struct chat_list_mark {
  timestamp last_activity_at;
  conversation_id id;
};

using chat_list = std::vector<chat_list_row>;

/// GetConversations. Answered by a reader.
struct list_conversations {
  using result_type = chat_list;
  static constexpr command_rules rules{may_use::users, rate::call, decider::session};
  std::optional<chat_list_mark> before;
  std::size_t limit = 0;  ///< 0: all
};

}  // namespace parley::chat
