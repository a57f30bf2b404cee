#include "net/codec/render.hpp"

#include "chat/text.hpp"
#include "net/codec/event_names.hpp"
#include "net/codec/render_people.hpp"

namespace parley::net::codec {
namespace {

/// UTF-16 units of a notification's preview.
constexpr std::size_t preview_units = 100;

auto time_or_null(chat::timestamp at) -> json { return at ? json(chat::to_iso8601(at)) : json(); }

auto text_or_null(const std::string& text) -> json { return text.empty() ? json() : json(text); }

auto ids(const std::vector<chat::user_id>& users) -> json {
  auto list = json::array();
  for (const auto& user : users) list.push_back(user.value);
  return list;
}

auto render_attachments(const std::vector<chat::attachment>& files) -> json {
  auto list = json::array();
  for (const auto& file : files)
    list.push_back({{"id", to_string(file.id)},
                    {"fileName", file.file_name},
                    {"contentType", file.content_type},
                    {"size", file.size},
                    {"url", text_or_null(file.url)}});
  return list;
}

/// What a message has only sometimes.
void add_extras(json& to, const chat::entry& message) {
  if (message.edited_at) to["editedAt"] = chat::to_iso8601(message.edited_at);
  if (message.deleted_at) to["deletedAt"] = chat::to_iso8601(message.deleted_at);
  if (!message.reply_to.is_nil()) to["replyTo"] = to_string(message.reply_to);
  if (!message.attachments.empty()) to["attachments"] = render_attachments(message.attachments);
}

auto render_message(const chat::message_view& seen) -> json {
  const auto& m = seen.message;
  json out{{"id", to_string(m.id)},
           {"senderId", m.actor.value},
           {"content", m.content},
           {"status", to_string(seen.status)},
           {"createdAt", chat::to_iso8601(m.created_at)},
           {"deliveredAt", time_or_null(seen.delivered_at)},
           {"readAt", time_or_null(seen.read_at)}};
  return out;
}

auto render_numbered(const chat::message_view& seen) -> json {
  auto out = render_message(seen);
  out["seq"] = seen.message.seq;
  add_extras(out, seen.message);
  return out;
}

auto render_participant(const chat::participant& who) -> json {
  return {{"userId", who.profile.user.value},
          {"firstName", text_or_null(who.profile.first_name)},
          {"lastName", text_or_null(who.profile.last_name)},
          {"profilePictureUrl", text_or_null(who.profile.picture_url)},
          {"role", to_string(who.role)}};
}

auto render_row(const chat::chat_list_row& row) -> json {
  const auto& other = row.other;
  json out{{"id", to_string(row.info.id)},
           {"otherParticipantId", text_or_null(other.user.value)},
           {"otherParticipantFirstName", text_or_null(other.first_name)},
           {"otherParticipantLastName", text_or_null(other.last_name)},
           {"otherParticipantProfilePictureUrl", text_or_null(other.picture_url)},
           {"lastMessage", nullptr},
           {"unreadCount", row.unread_count},
           {"lastActivityAt", chat::to_iso8601(row.last_activity_at)},
           {"type", to_string(row.info.type)},
           {"title", text_or_null(row.info.title)},
           {"caseId", text_or_null(row.info.case_id)},
           {"participantCount", row.participant_count},
           {"participants", json::array()}};
  if (row.last_message)
    out["lastMessage"] = render_numbered(chat::view_with(*row.last_message, row.slowest));
  for (const auto& who : row.participants) out["participants"].push_back(render_participant(who));
  return out;
}

auto render_caught_up(const chat::caught_up& one) -> json {
  json out{{"conversationId", to_string(one.conversation)},
           {"recovered", one.recovered},
           {"events", json::array()},
           {"cursors", json::array()},
           {"lastSeq", one.last_seq}};
  for (const auto& entry : one.entries) {
    auto event = render_event(chat::to_event(entry, one.info, entry.actor.value));
    out["events"].push_back(
        {{"event", event.target}, {"seq", entry.seq}, {"data", std::move(event.arguments[0])}});
  }
  for (const auto& c : one.cursors)
    out["cursors"].push_back({{"userId", c.user.value},
                              {"deliveredSeq", c.cursors.delivered_seq},
                              {"readSeq", c.cursors.read_seq}});
  return out;
}

}  // namespace

auto render(const chat::posted& what) -> json {
  return {{"messageId", to_string(what.id)},
          {"seq", what.seq},
          {"createdAt", chat::to_iso8601(what.created_at)}};
}

auto render(const chat::page& what) -> json {
  auto messages = json::array();
  for (const auto& m : what.messages) messages.push_back(render_numbered(m));
  return {{"messages", std::move(messages)},
          {"pageNumber", what.number},
          {"pageSize", what.size},
          {"totalCount", what.total},
          {"totalPages", what.total / what.size + (what.total % what.size != 0 ? 1 : 0)}};
}

auto render(const chat::message_view& seen) -> json { return render_numbered(seen); }

auto render(const chat::stretch& what) -> json {
  auto messages = json::array();
  for (const auto& m : what.messages) messages.push_back(render_numbered(m));
  return {{"messages", std::move(messages)}, {"hasMore", what.has_more}};
}

auto render(const chat::chat_list& what) -> json {
  auto rows = json::array();
  for (const auto& row : what) rows.push_back(render_row(row));
  return rows;
}

auto render(const std::vector<chat::caught_up>& what) -> json {
  auto answers = json::array();
  for (const auto& one : what) answers.push_back(render_caught_up(one));
  return answers;
}

auto render(const std::vector<chat::presence_of>& what) -> json {
  auto answers = json::array();
  for (const auto& one : what)
    answers.push_back({{"userId", one.user.value},
                       {"online", one.online},
                       {"lastSeenAt", time_or_null(one.last_seen_at)}});
  return answers;
}

namespace {

struct result_renderer {
  auto operator()(const chat::done&) const -> json { return nullptr; }
  auto operator()(const chat::created_conversation& made) const -> json {
    return {{"conversationId", to_string(made.id)}};
  }
  auto operator()(const std::vector<chat::entry>&) const -> json { return nullptr; }
  auto operator()(const chat::created_attachment& made) const -> json {
    return {{"attachmentId", to_string(made.id)}, {"uploadUrl", made.upload_url}};
  }
  auto operator()(const chat::registered& made) const -> json {
    return {{"userId", made.user.value}};
  }
  auto operator()(const chat::signed_in& who) const -> json {
    return {{"userId", who.profile.user.value}};
  }
  template <class Result>
  auto operator()(const Result& other) const -> json {
    // Through the pointer: a missing overload must not convert to chat::result and recurse.
    auto (*own)(const Result&)->json = &codec::render;
    return own(other);
  }
};

}  // namespace

auto render(const chat::result& what) -> json { return std::visit(result_renderer{}, what); }

// -- events -----------------------------------------------------------------------------------------

namespace {

auto one(json object) -> json {
  auto arguments = json::array();
  arguments.push_back(std::move(object));
  return arguments;
}

struct event_renderer {
  auto operator()(const chat::message_posted& e) const -> rendered_event {
    const auto& m = e.message;
    json out{{"messageId", to_string(m.id)},
             {"conversationId", to_string(m.conversation)},
             {"senderId", m.actor.value},
             {"content", m.content},
             {"status", "Sent"},
             {"createdAt", chat::to_iso8601(m.created_at)},
             {"seq", m.seq}};
    add_extras(out, m);
    return {event_name::message_received, one(std::move(out))};
  }
  auto operator()(const chat::message_edited& e) const -> rendered_event {
    return {event_name::message_edited,
            one({{"messageId", to_string(e.message)},
                 {"conversationId", to_string(e.conversation)},
                 {"content", e.content},
                 {"editedAt", chat::to_iso8601(e.edited_at)},
                 {"seq", e.seq}})};
  }
  auto operator()(const chat::message_deleted& e) const -> rendered_event {
    json out{{"messageId", to_string(e.message)}, {"conversationId", to_string(e.conversation)}};
    if (e.seq != 0) out["seq"] = e.seq;
    return {event_name::message_deleted, one(std::move(out))};
  }
  auto operator()(const chat::receipt& e) const -> rendered_event {
    const bool read = e.status == chat::message_status::read;
    return {read ? event_name::messages_read : event_name::messages_delivered,
            one({{"conversationId", to_string(e.conversation)},
                 {read ? "readBy" : "deliveredBy", e.user.value},
                 {"upToSeq", e.up_to_seq},
                 {read ? "readAt" : "deliveredAt", chat::to_iso8601(e.at)}})};
  }
  auto operator()(const chat::typing_changed& e) const -> rendered_event {
    return {e.active ? event_name::user_typing : event_name::user_stopped_typing,
            json::array({to_string(e.conversation), e.user.value})};
  }
  auto operator()(const chat::presence_changed& e) const -> rendered_event {
    return {e.online ? event_name::user_online : event_name::user_offline, one(e.user.value)};
  }
  auto operator()(const chat::conversation_created& e) const -> rendered_event {
    return {event_name::conversation_created,
            one({{"conversationId", to_string(e.info.id)},
                 {"type", to_string(e.info.type)},
                 {"title", text_or_null(e.info.title)},
                 {"participants", ids(e.participants)},
                 {"createdBy", e.info.created_by.value},
                 {"createdAt", chat::to_iso8601(e.info.created_at)},
                 {"seq", e.seq}})};
  }
  auto operator()(const chat::participants_added& e) const -> rendered_event {
    return {event_name::participants_added,
            one({{"conversationId", to_string(e.conversation)},
                 {"userIds", ids(e.users)},
                 {"addedBy", e.added_by.value},
                 {"seq", e.seq}})};
  }
  auto operator()(const chat::participant_removed& e) const -> rendered_event {
    return {event_name::participant_removed,
            one({{"conversationId", to_string(e.conversation)},
                 {"userId", e.user.value},
                 {"removedBy", e.removed_by.value},
                 {"seq", e.seq}})};
  }
  auto operator()(const chat::title_changed& e) const -> rendered_event {
    return {event_name::title_changed,
            one({{"conversationId", to_string(e.conversation)},
                 {"title", text_or_null(e.title)},
                 {"changedBy", e.changed_by.value},
                 {"seq", e.seq}})};
  }
  auto operator()(const chat::role_changed& e) const -> rendered_event {
    return {event_name::role_changed,
            one({{"conversationId", to_string(e.conversation)},
                 {"userId", e.user.value},
                 {"role", e.role},
                 {"seq", e.seq}})};
  }
};

}  // namespace

auto render_event(const chat::event& what) -> rendered_event {
  return std::visit(event_renderer{}, what);
}

auto render_notification(const chat::message_posted& what) -> rendered_event {
  const auto& m = what.message;
  return {event_name::new_message_notification,
          one({{"conversationId", to_string(m.conversation)},
               {"senderId", m.actor.value},
               {"preview", chat::utf16_prefix(m.content, preview_units)}})};
}

}  // namespace parley::net::codec
