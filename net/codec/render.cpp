#include "net/codec/render.hpp"

#include "chat/text.hpp"
#include "net/codec/event_names.hpp"
#include "net/codec/render_people.hpp"

namespace parley::net::codec {
namespace {

/// UTF-16 units of a notification's preview.
constexpr std::size_t preview_units = 100;

/// What a message has only sometimes.
void add_extras(object_writer& to, const chat::entry& message) {
  if (message.edited_at) to.add("editedAt", message.edited_at);
  if (message.deleted_at) to.add("deletedAt", message.deleted_at);
  if (!message.reply_to.is_nil()) to.add("replyTo", message.reply_to);
  if (message.quoted) to.add("replyToMessage", *message.quoted);
  if (!message.attachments.empty()) to.add("attachments", message.attachments);
}

}  // namespace

void write(writer& to, const chat::attachment& file) {
  object_writer out{to};
  out.add("id", file.id)
      .add("fileName", file.file_name)
      .add("contentType", file.content_type)
      .add("size", file.size)
      .add("url", or_null{file.url});
  if (file.width != 0) out.add("width", file.width).add("height", file.height);
}

void write(writer& to, const chat::quote& what) {
  object_writer{to}
      .add("messageId", what.id)
      .add("seq", what.seq)
      .add("senderId", what.sender)
      .add("content", what.content)
      .add("deleted", what.is_deleted);
}

void write(writer& to, const chat::message_view& seen) {
  const auto& m = seen.message;
  object_writer out{to};
  out.add("id", m.id)
      .add("senderId", m.actor)
      .add("content", m.content)
      .add("status", to_string(seen.status))
      .add("createdAt", m.created_at)
      .add("deliveredAt", or_null{seen.delivered_at})
      .add("readAt", or_null{seen.read_at})
      .add("seq", m.seq);
  add_extras(out, m);
  if (!m.client_message_id.empty()) out.add("clientMessageId", m.client_message_id);
}

void write(writer& to, const chat::participant& who) {
  object_writer{to}
      .add("userId", who.profile.user)
      .add("displayName", chat::display_name(who.profile))
      .add("firstName", or_null{who.profile.first_name})
      .add("lastName", or_null{who.profile.last_name})
      .add("profilePictureUrl", or_null{who.profile.picture_url})
      .add("role", to_string(who.role));
}

void write(writer& to, const chat::member_page& page) {
  const auto list = [&page](writer& there) {
    there.begin_array();
    for (const auto& one : page.participants)
      object_writer{there}
          .add("userId", one.profile.user)
          .add("displayName", chat::display_name(one.profile))
          .add("profilePictureUrl", or_null{one.profile.picture_url})
          .add("role", to_string(one.role))
          .add("joinedAt", one.joined_at);
    there.end_array();
  };
  const auto& [joined_at, user] = page.next;
  const auto next = user.value.empty() ? std::string{} : std::to_string(joined_at.ms) + '|' + user.value;
  object_writer{to}.add("participants", value_source{list}).add("next", or_null{next});
}

void write(writer& to, const chat::chat_list_row& row) {
  const auto& other = row.other;
  const auto last_message = [&row](writer& there) {
    if (!row.last_message) return there.null();
    write(there, chat::view_with(*row.last_message, row.slowest));
  };
  const auto cursors = [&row](writer& there) {
    if (!chat::is_two_person(row.info.type)) return there.null();
    object_writer{there}
        .add("deliveredSeq", row.other_cursors.delivered_seq)
        .add("readSeq", row.other_cursors.read_seq);
  };
  object_writer{to}
      .add("id", row.info.id)
      .add("otherParticipantId", or_null{other.user.value})
      .add("otherParticipantFirstName", or_null{other.first_name})
      .add("otherParticipantLastName", or_null{other.last_name})
      .add("otherParticipantProfilePictureUrl", or_null{other.picture_url})
      .add("lastMessage", value_source{last_message})
      .add("unreadCount", row.unread_count)
      .add("lastActivityAt", row.last_activity_at)
      .add("type", to_string(row.info.type))
      .add("title", or_null{row.info.title})
      .add("caseId", or_null{row.info.case_id})
      .add("participantCount", row.participant_count)
      .add("participants", row.participants)
      .add("lastSeq", row.last_seq)
      .add("readSeq", row.read_seq)
      .add("muted", false)
      .add("cursors", value_source{cursors});
}

void write(writer& to, const chat::posted& what) {
  object_writer{to}
      .add("messageId", what.id)
      .add("seq", what.seq)
      .add("createdAt", what.created_at);
}

void write(writer& to, const chat::page& what) {
  object_writer{to}
      .add("messages", what.messages)
      .add("pageNumber", what.number)
      .add("pageSize", what.size)
      .add("totalCount", what.total)
      .add("totalPages", what.total / what.size + (what.total % what.size != 0 ? 1 : 0));
}

void write(writer& to, const chat::member_cursors& one) {
  object_writer{to}
      .add("userId", one.user)
      .add("deliveredSeq", one.cursors.delivered_seq)
      .add("readSeq", one.cursors.read_seq);
}

void write(writer& to, const chat::presence_of& one) {
  object_writer{to}
      .add("userId", one.user)
      .add("online", one.online)
      .add("lastSeenAt", or_null{one.last_seen_at});
}

namespace {

struct result_writer {
  void operator()(const chat::done&) const { to.null(); }
  void operator()(const chat::created_conversation& made) const {
    object_writer{to}.add("conversationId", made.id);
  }
  void operator()(const std::vector<chat::entry>&) const { to.null(); }
  void operator()(const std::vector<chat::joined>& all) const {
    to.begin_array();
    for (const auto& one : all) {
      object_writer out{to};
      out.add("conversationId", one.conversation).add("ok", one.refused == chat::errc::none);
      if (one.refused != chat::errc::none) out.add("code", to_string(one.refused));
    }
    to.end_array();
  }
  void operator()(const chat::created_attachment& made) const {
    object_writer{to}.add("attachmentId", made.id).add("uploadUrl", made.upload_url);
  }
  void operator()(const chat::signed_in& who) const {
    object_writer{to}.add("userId", who.profile.user);
  }
  template <class Result>
  void operator()(const Result& other) const {
    write(to, other);
  }

  writer& to;
};

}  // namespace

void write_result(writer& to, const chat::result& what) { std::visit(result_writer{to}, what); }

// -- events -----------------------------------------------------------------------------------------

namespace {

struct event_target {
  auto operator()(const chat::message_posted&) const { return event_name::message_received; }
  auto operator()(const chat::message_edited&) const { return event_name::message_edited; }
  auto operator()(const chat::message_deleted&) const { return event_name::message_deleted; }
  auto operator()(const chat::receipt& e) const {
    return e.status == chat::message_status::read ? event_name::messages_read
                                                  : event_name::messages_delivered;
  }
  auto operator()(const chat::typing_changed& e) const {
    return e.active ? event_name::user_typing : event_name::user_stopped_typing;
  }
  auto operator()(const chat::presence_changed& e) const {
    return e.online ? event_name::user_online : event_name::user_offline;
  }
  auto operator()(const chat::conversation_created&) const {
    return event_name::conversation_created;
  }
  auto operator()(const chat::participants_added&) const {
    return event_name::participants_added;
  }
  auto operator()(const chat::participant_removed&) const {
    return event_name::participant_removed;
  }
  auto operator()(const chat::title_changed&) const { return event_name::title_changed; }
  auto operator()(const chat::role_changed&) const { return event_name::role_changed; }
};

/// The arguments, one after the other.
struct argument_writer {
  void operator()(const chat::message_posted& e) const {
    const auto& m = e.message;
    object_writer out{to};
    out.add("messageId", m.id)
        .add("conversationId", m.conversation)
        .add("senderId", m.actor)
        .add("content", m.content)
        .add("status", "Sent")
        .add("createdAt", m.created_at)
        .add("seq", m.seq);
    add_extras(out, m);
    if (shows_keys && !m.client_message_id.empty()) out.add("clientMessageId", m.client_message_id);
  }
  void operator()(const chat::message_edited& e) const {
    object_writer{to}
        .add("messageId", e.message)
        .add("conversationId", e.conversation)
        .add("content", e.content)
        .add("editedAt", e.edited_at)
        .add("seq", e.seq);
  }
  void operator()(const chat::message_deleted& e) const {
    object_writer out{to};
    out.add("messageId", e.message).add("conversationId", e.conversation);
    if (e.seq != 0) out.add("seq", e.seq);
  }
  void operator()(const chat::receipt& e) const {
    const bool read = e.status == chat::message_status::read;
    object_writer{to}
        .add("conversationId", e.conversation)
        .add(read ? "readBy" : "deliveredBy", e.user)
        .add("upToSeq", e.up_to_seq)
        .add(read ? "readAt" : "deliveredAt", e.at);
  }
  void operator()(const chat::typing_changed& e) const {
    write(to, e.conversation);
    write(to, e.user);
  }
  void operator()(const chat::presence_changed& e) const { write(to, e.user); }
  void operator()(const chat::conversation_created& e) const {
    object_writer{to}
        .add("conversationId", e.info.id)
        .add("type", to_string(e.info.type))
        .add("title", or_null{e.info.title})
        .add("participants", e.participants)
        .add("createdBy", e.info.created_by)
        .add("createdAt", e.info.created_at)
        .add("seq", e.seq);
  }
  void operator()(const chat::participants_added& e) const {
    object_writer{to}
        .add("conversationId", e.conversation)
        .add("userIds", e.users)
        .add("addedBy", e.added_by)
        .add("seq", e.seq);
  }
  void operator()(const chat::participant_removed& e) const {
    object_writer{to}
        .add("conversationId", e.conversation)
        .add("userId", e.user)
        .add("removedBy", e.removed_by)
        .add("seq", e.seq);
  }
  void operator()(const chat::title_changed& e) const {
    object_writer{to}
        .add("conversationId", e.conversation)
        .add("title", or_null{e.title})
        .add("changedBy", e.changed_by)
        .add("seq", e.seq);
  }
  void operator()(const chat::role_changed& e) const {
    object_writer{to}
        .add("conversationId", e.conversation)
        .add("userId", e.user)
        .add("role", e.role)
        .add("seq", e.seq);
  }

  writer& to;
  bool shows_keys = false;  ///< the sender's own ids of its messages
};

/// Entries of history as the events they once were: each of these has one argument.
void write_history(writer& to, const std::vector<chat::entry>& entries,
                   const chat::conversation_info& where) {
  to.begin_array();
  for (const auto& entry : entries) {
    const auto event = chat::to_event(entry, where, entry.actor.value);
    const auto data = [&event](writer& there) { std::visit(argument_writer{there, true}, event); };
    object_writer{to}
        .add("event", target_of(event))
        .add("seq", entry.seq)
        .add("data", value_source{data});
  }
  to.end_array();
}

}  // namespace

auto target_of(const chat::event& what) -> const char* {
  return std::visit(event_target{}, what);
}

void write_arguments(writer& to, const chat::event& what) {
  to.begin_array();
  std::visit(argument_writer{to}, what);
  to.end_array();
}

void write_own_message(writer& to, const chat::message_posted& what) {
  to.begin_array();
  argument_writer{to, true}(what);
  to.end_array();
}

void write_notification(writer& to, const chat::message_posted& what) {
  const auto& m = what.message;
  to.begin_array();
  object_writer{to}
      .add("conversationId", m.conversation)
      .add("senderId", m.actor)
      .add("preview", chat::utf16_prefix(m.content, preview_units))
      .add("messageId", m.id)
      .add("seq", m.seq)
      .add("mention", false);
  to.end_array();
}

void write(writer& to, const chat::stretch& what) {
  object_writer out{to};
  out.add("messages", what.messages).add("hasMore", what.has_more);
  if (!what.tells_changes) return;
  const auto changes = [&what](writer& there) { write_history(there, what.changes, what.info); };
  out.add("changes", value_source{changes}).add("changesComplete", what.are_changes_complete);
}

void write(writer& to, const chat::caught_up& one) {
  const auto history = [&one](writer& there) { write_history(there, one.entries, one.info); };
  object_writer{to}
      .add("conversationId", one.conversation)
      .add("recovered", one.recovered)
      .add("events", value_source{history})
      .add("cursors", one.cursors)
      .add("lastSeq", one.last_seq);
}

// -- values -----------------------------------------------------------------------------------------

auto render(const chat::result& what) -> json {
  return json::parse(json_text([&](writer& to) { write_result(to, what); }));
}

auto render_event(const chat::event& what) -> rendered_event {
  return {target_of(what),
          json::parse(json_text([&](writer& to) { write_arguments(to, what); }))};
}

auto render_notification(const chat::message_posted& what) -> rendered_event {
  return {event_name::new_message_notification,
          json::parse(json_text([&](writer& to) { write_notification(to, what); }))};
}

}  // namespace parley::net::codec
