#pragma once

#include <string>
#include <variant>
#include <vector>

#include "chat/entry.hpp"

/// What clients are told, as plain values. net/signalr renders each for a dialect and a protocol.
namespace parley::chat {

/// MessageReceived to connections that joined, NewMessageNotification to every connection of
/// every other participant.
struct message_posted {
  conversation_type type = conversation_type::group;
  std::string sender_name;
  entry message;
};

struct message_edited {
  conversation_id conversation;
  message_id message;
  std::string content;
  timestamp edited_at;
  std::uint64_t seq = 0;
};

struct message_deleted {
  conversation_id conversation;
  message_id message;
  std::uint64_t seq = 0;  ///< 0: a message that was shown and could not be stored is taken back
};

/// MessagesRead, MessagesDelivered.
struct receipt {
  conversation_id conversation;
  message_status status = message_status::read;
  user_id user;
  std::uint64_t up_to_seq = 0;
  timestamp at;
};

struct typing_changed {
  conversation_id conversation;
  user_id user;
  bool active = false;
};

struct presence_changed {
  user_id user;
  bool online = false;
};

struct conversation_created {
  conversation_info info;
  std::vector<user_id> participants;
  std::uint64_t seq = 1;
};

struct participants_added {
  conversation_id conversation;
  std::vector<user_id> users;
  user_id added_by;
  std::uint64_t seq = 0;
};

struct participant_removed {
  conversation_id conversation;
  user_id user;
  user_id removed_by;
  std::uint64_t seq = 0;
};

struct title_changed {
  conversation_id conversation;
  std::string title;
  user_id changed_by;
  std::uint64_t seq = 0;
};

struct role_changed {
  conversation_id conversation;
  user_id user;
  std::string role;  ///< to_string(member_role)
  std::uint64_t seq = 0;
};

using event = std::variant<message_posted, message_edited, message_deleted, receipt,
                           typing_changed, presence_changed, conversation_created,
                           participants_added, participant_removed, title_changed, role_changed>;

/// How an entry of history is told. @param actor_name what a classic client shows as the sender
auto to_event(const entry& what, const conversation_info& where, const std::string& actor_name)
    -> event;

/// Which connections of a conversation's people hear an event.
enum class audience : std::uint8_t {
  everyone,      ///< every connection of every participant; those that joined get MessageReceived
  joined_others, ///< connections that joined, but not the actor's (typing)
  actor_only,    ///< the actor's own connections
};

}  // namespace parley::chat
