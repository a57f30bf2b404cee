#include "app/ctl/conversations.hpp"

#include <algorithm>
#include <ostream>

#include "app/ctl/output.hpp"
#include "app/ctl/workplace.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;

constexpr std::uint64_t entries_at_once = 500;

auto time_or_null(chat::timestamp at) -> json {
  return at ? json(to_iso8601(at)) : json();
}

auto id_or_null(const chat::message_id& id) -> json {
  return id.is_nil() ? json() : json(to_string(id));
}

auto facts_of(const chat::conversation_info& info) -> json {
  json shown;
  shown["id"] = to_string(info.id);
  shown["type"] = to_string(info.type);
  shown["title"] = info.title;
  if (!info.name.empty()) shown["name"] = info.name;
  if (!info.case_id.empty()) shown["caseId"] = info.case_id;
  shown["createdBy"] = info.created_by.value;
  shown["createdAt"] = to_iso8601(info.created_at);
  return shown;
}

auto facts_of(const chat::member& who) -> json {
  return {{"userId", who.user.value},
          {"role", to_string(who.role)},
          {"joinedAt", to_iso8601(who.joined_at)},
          {"seesFromSeq", who.after_seq + 1},
          {"deliveredSeq", who.cursors.delivered_seq},
          {"deliveredAt", time_or_null(who.cursors.delivered_at)},
          {"readSeq", who.cursors.read_seq},
          {"readAt", time_or_null(who.cursors.read_at)}};
}

auto files_of(const chat::entry& e) -> json {
  auto files = json::array();
  for (const auto& file : e.attachments)
    files.push_back({{"attachmentId", to_string(file.id)},
                     {"fileName", file.file_name},
                     {"contentType", file.content_type},
                     {"size", file.size}});
  return files;
}

/// Keys that say nothing are left out.
auto facts_of(const chat::entry& e) -> json {
  json shown;
  shown["record"] = "entry";
  shown["seq"] = e.seq;
  shown["kind"] = to_string(e.kind);
  shown["id"] = to_string(e.id);
  shown["userId"] = e.actor.value;
  shown["createdAt"] = to_iso8601(e.created_at);
  if (!e.content.empty()) shown["content"] = e.content;
  if (!e.client_message_id.empty()) shown["clientMessageId"] = e.client_message_id;
  if (!e.reply_to.is_nil()) shown["replyTo"] = id_or_null(e.reply_to);
  if (!e.attachments.empty()) shown["attachments"] = files_of(e);
  if (!e.target.is_nil()) shown["messageId"] = id_or_null(e.target);
  if (e.edited_at) shown["editedAt"] = to_iso8601(e.edited_at);
  if (e.deleted_at) shown["deletedAt"] = to_iso8601(e.deleted_at);
  for (const auto& user : e.subjects) shown["userIds"].push_back(user.value);
  return shown;
}

auto find_room(workplace& at) -> chat::expected<chat::conversation_state> {
  const auto id = chat::conversation_id::parse(at.operand(0));
  if (!id) return at.wrong("'" + at.operand(0) + "' is not the id of a conversation");
  const auto store = at.store();
  if (!store) return unexpected{store.error()};
  auto found = (*store)->load(*id, 0);
  if (!found) return unexpected{found.error()};
  if (!*found)
    return unexpected{errc::not_found, "there is no conversation " + to_string(*id) +
                                           "; see parleyctl conversation list"};
  return std::move(**found);
}

}  // namespace

auto list_conversations(workplace& at) -> chat::expected<void> {
  const auto limit = at.number("--limit", 50, 10'000);
  if (!limit) return unexpected{limit.error()};
  const auto before = chat::conversation_id::parse(at.args.text("--before"));
  if (at.args.has("--before") && !before)
    return at.wrong("--before takes the id of a conversation");
  const auto census = at.census();
  if (!census) return unexpected{census.error()};
  const auto found = (*census)->conversations({at.args.text("--user")},
                                              before.value_or(chat::conversation_id{}), *limit);
  if (!found) return unexpected{found.error()};
  auto rows = json::array();
  for (const auto& each : *found) {
    auto row = facts_of(each.info);
    row["members"] = each.members;
    row["entries"] = each.entries;
    row["lastMessageAt"] = time_or_null(each.last_message_at);
    rows.push_back(std::move(row));
  }
  print_rows(at.out(), rows, at.args.json,
             {"id", "type", "members", "entries", "lastMessageAt", "title"}, "no conversations");
  return {};
}

auto show_conversation(workplace& at) -> chat::expected<void> {
  const auto room = find_room(at);
  if (!room) return unexpected{room.error()};
  auto shown = facts_of(room->info);
  shown["members"] = room->members.size();
  shown["entries"] = room->last_seq;
  shown["messages"] = room->last_ordinal;
  shown["lastEntryAt"] = time_or_null(room->last_at);
  print_object(at.out(), shown, at.args.json);
  return {};
}

auto list_members(workplace& at) -> chat::expected<void> {
  const auto room = find_room(at);
  if (!room) return unexpected{room.error()};
  auto rows = json::array();
  for (const auto& who : room->members) rows.push_back(facts_of(who));
  print_rows(at.out(), rows, at.args.json,
             {"userId", "role", "joinedAt", "deliveredSeq", "readSeq"}, "no members");
  return {};
}

auto export_conversation(workplace& at) -> chat::expected<void> {
  const auto room = find_room(at);
  if (!room) return unexpected{room.error()};
  json head{{"record", "conversation"}};
  head.update(facts_of(room->info));
  head["entries"] = room->last_seq;
  print_json_line(at.out(), head);
  for (const auto& who : room->members) {
    json line{{"record", "member"}};
    line.update(facts_of(who));
    print_json_line(at.out(), line);
  }
  for (std::uint64_t seq = 1; seq <= room->last_seq; seq += entries_at_once) {
    const auto last = std::min(room->last_seq, seq + entries_at_once - 1);
    const auto some = (*at.store())->entries(room->info.id, seq, last);
    if (!some) return unexpected{some.error()};
    for (const auto& e : *some) print_json_line(at.out(), facts_of(e));
  }
  return at.check_written();
}

}  // namespace parley::app::ctl
