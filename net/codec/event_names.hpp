#pragma once

#include <array>

/// The one place where the names of events live: what clients listen for. Each stands in the
/// AsyncAPI document (docs/api/hub.json); a test holds the two together.
namespace parley::net::codec::event_name {

inline constexpr const char* message_received = "MessageReceived";
inline constexpr const char* new_message_notification = "NewMessageNotification";
inline constexpr const char* message_edited = "MessageEdited";
inline constexpr const char* message_deleted = "MessageDeleted";
inline constexpr const char* messages_read = "MessagesRead";
inline constexpr const char* messages_delivered = "MessagesDelivered";
inline constexpr const char* user_typing = "UserTyping";
inline constexpr const char* user_stopped_typing = "UserStoppedTyping";
inline constexpr const char* user_online = "UserOnline";
inline constexpr const char* user_offline = "UserOffline";
inline constexpr const char* conversation_created = "ConversationCreated";
inline constexpr const char* participants_added = "ParticipantsAdded";
inline constexpr const char* participant_removed = "ParticipantRemoved";
inline constexpr const char* title_changed = "TitleChanged";
inline constexpr const char* role_changed = "RoleChanged";
// Classic clients only.
inline constexpr const char* receive_message = "ReceiveMessage";
inline constexpr const char* notify = "Notify";

inline constexpr std::array all{
    message_received, new_message_notification, message_edited, message_deleted, messages_read,
    messages_delivered, user_typing, user_stopped_typing, user_online, user_offline,
    conversation_created, participants_added, participant_removed, title_changed, role_changed,
    receive_message, notify,
};

}  // namespace parley::net::codec::event_name
