#include "chat/entry.hpp"

#include "chat/text.hpp"

namespace parley::chat {

auto quote_of(const entry& message) -> quote {
  const bool is_deleted{message.deleted_at};
  return {message.id, message.seq, message.actor,
          is_deleted ? std::string{} : std::string{utf16_prefix(message.content, quoted_units)},
          is_deleted};
}

auto send_key(const user_id& sender, std::string_view client_message_id) -> std::uint64_t {
  const auto after_sender = stable_hash(std::string_view{"\n", 1}, stable_hash(sender.value));
  return stable_hash(client_message_id, after_sender);
}

auto display_name(const profile& who) -> std::string {
  if (!who.display_name.empty()) return who.display_name;
  if (who.first_name.empty() && who.last_name.empty()) return who.user.value;
  if (who.first_name.empty()) return who.last_name;
  return who.last_name.empty() ? who.first_name : who.first_name + " " + who.last_name;
}

auto to_string(message_status status) -> std::string_view {
  switch (status) {
    case message_status::sent: return "Sent";
    case message_status::delivered: return "Delivered";
    case message_status::read: return "Read";
  }
  return "Sent";
}

auto to_string(conversation_type type) -> std::string_view {
  switch (type) {
    case conversation_type::professional_patient: return "ProfessionalPatient";
    case conversation_type::direct: return "Direct";
    case conversation_type::group: return "Group";
    case conversation_type::channel: return "Channel";
    case conversation_type::lobby: return "Lobby";
  }
  return "Group";
}

auto to_string(member_role role) -> std::string_view {
  switch (role) {
    case member_role::member: return "member";
    case member_role::admin: return "admin";
    case member_role::owner: return "owner";
  }
  return "member";
}

auto to_string(entry_kind kind) -> std::string_view {
  switch (kind) {
    case entry_kind::message: return "message";
    case entry_kind::edited: return "edit";
    case entry_kind::deleted: return "delete";
    case entry_kind::created: return "created";
    case entry_kind::added: return "added";
    case entry_kind::removed: return "removed";
    case entry_kind::role: return "role";
    case entry_kind::title: return "title";
  }
  return "unknown";
}

}  // namespace parley::chat
