#pragma once

#include <optional>
#include <vector>

#include "chat/entry.hpp"

namespace parley::chat {

struct participant {
  chat::profile profile;
  member_role role = member_role::member;
  timestamp joined_at = {};
};

/// A place among a conversation's members: the last one seen. No user: before all.
struct member_mark {
  timestamp joined_at;
  user_id user;
};

/// Members, longest-standing first.
struct member_page {
  std::vector<participant> participants;
  member_mark next;  ///< of the last one, when there are more
};

/// GetParticipants. Answered by a reader, for whoever may read the conversation.
struct list_members {
  using result_type = member_page;
  conversation_id conversation;
  member_mark after;
  std::size_t limit = 200;  ///< 1..200
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
  std::uint64_t last_seq = 0;  ///< of any kind of entry
  std::uint64_t read_seq = 0;  ///< how far the user has read
  cursors other_cursors;       ///< two-person conversations: the other one's, as the user is shown them
};

/// Position in a chat list: the last row seen.
struct chat_list_mark {
  timestamp last_activity_at;
  conversation_id id;
};

template <class Inspector>
auto inspect(Inspector& f, participant& x) {
  return f(x.profile, x.role, x.joined_at);
}
template <class Inspector>
auto inspect(Inspector& f, member_mark& x) {
  return f(x.joined_at, x.user);
}
template <class Inspector>
auto inspect(Inspector& f, member_page& x) {
  return f(x.participants, x.next);
}
template <class Inspector>
auto inspect(Inspector& f, list_members& x) {
  return f(x.conversation, x.after, x.limit);
}

using chat_list = std::vector<chat_list_row>;

/// GetConversations. Answered by a reader.
struct list_conversations {
  using result_type = chat_list;
  std::optional<chat_list_mark> before;
  std::size_t limit = 0;  ///< 0: all
};

}  // namespace parley::chat
