#include "chat/event.hpp"

namespace parley::chat {

auto to_event(const entry& what, const conversation_info& where, const std::string& actor_name)
    -> event {
  using enum entry_kind;
  const auto subject = what.subjects.empty() ? user_id{} : what.subjects.front();
  switch (what.kind) {
    case message: return message_posted{where.type, actor_name, what};
    case edited:
      return message_edited{where.id, what.target, what.content, what.created_at, what.seq};
    case deleted: return message_deleted{where.id, what.target, what.seq};
    case created: return conversation_created{where, what.subjects, what.seq};
    case added: return participants_added{where.id, what.subjects, what.actor, what.seq};
    case removed: return participant_removed{where.id, subject, what.actor, what.seq};
    case role: return role_changed{where.id, subject, what.content, what.seq};
    case title: return title_changed{where.id, what.content, what.actor, what.seq};
  }
  return message_posted{where.type, actor_name, what};
}

}  // namespace parley::chat
