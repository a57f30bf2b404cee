#include "storage/sql/rows.hpp"

#include <algorithm>

#include "storage/sql/attachments.hpp"

namespace parley::storage::sql {
namespace {

auto split_users(std::string_view joined) -> std::vector<chat::user_id> {
  std::vector<chat::user_id> users;
  while (!joined.empty()) {
    const auto end = std::min(joined.find('\n'), joined.size());
    users.push_back({std::string{joined.substr(0, end)}});
    joined.remove_prefix(std::min(end + 1, joined.size()));
  }
  return users;
}

}  // namespace

auto with_alias(std::string_view columns, std::string_view alias) -> std::string {
  std::string text;
  text.reserve(columns.size() + 32);
  for (const char c : columns) {
    if (c == '%') text += alias;
    if (c != '%') text += c;
  }
  return text;
}

auto select_entries(std::string_view content, std::string_view alias) -> std::string {
  return "SELECT " + with_alias(content, alias) + ", " + with_alias(entry_columns, alias);
}

auto read_uuid(const row& from, int column) -> chat::uuid {
  chat::uuid id;
  const auto bytes = from.text(column);
  if (bytes.size() == id.bytes.size()) std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
  return id;
}

auto read_entry(const row& from, int column) -> chat::entry {
  chat::entry e;
  e.content = read_text(from, column);
  e.conversation = {read_uuid(from, column + 1)};
  e.seq = read_number(from, column + 2);
  e.ordinal = read_number(from, column + 3);
  e.kind = static_cast<chat::entry_kind>(from.integer(column + 4));
  e.id = {read_uuid(from, column + 5)};
  e.actor = read_user(from, column + 6);
  e.client_message_id = read_text(from, column + 7);
  e.fingerprint = read_number(from, column + 8);
  e.created_at = read_time(from, column + 9);
  e.reply_to = {read_uuid(from, column + 10)};
  e.target = {read_uuid(from, column + 12)};
  e.target_seq = read_number(from, column + 13);
  e.subjects = split_users(from.text(column + 14));
  e.edited_at = read_time(from, column + 15);
  e.deleted_at = read_time(from, column + 16);
  // The files of a deleted message are out of sight like its text.
  if (!e.deleted_at) e.attachments = parse_attachments(from.text(column + 11));
  return e;
}

auto read_info(const row& from, int column) -> chat::conversation_info {
  chat::conversation_info info;
  info.id = {read_uuid(from, column)};
  info.type = static_cast<chat::conversation_type>(from.integer(column + 1));
  info.participant1 = read_user(from, column + 2);
  info.participant2 = read_user(from, column + 3);
  info.title = read_text(from, column + 4);
  info.case_id = read_text(from, column + 5);
  info.name = read_text(from, column + 6);
  info.created_by = read_user(from, column + 7);
  info.created_at = read_time(from, column + 8);
  return info;
}

auto read_member(const row& from, int column) -> chat::member {
  chat::member m;
  m.user = read_user(from, column);
  m.role = static_cast<chat::member_role>(from.integer(column + 1));
  m.after_seq = read_number(from, column + 2);
  m.after_ordinal = read_number(from, column + 3);
  m.joined_at = read_time(from, column + 4);
  m.cursors = {read_number(from, column + 5), read_time(from, column + 6),
               read_number(from, column + 7), read_time(from, column + 8)};
  return m;
}

auto read_profile(const row& from, int column, chat::user_id user) -> chat::profile {
  return {std::move(user), read_text(from, column), read_text(from, column + 1),
          read_text(from, column + 2), read_text(from, column + 3)};
}

auto join_users(const std::vector<chat::user_id>& users) -> std::string {
  std::string joined;
  for (const auto& user : users) {
    if (!joined.empty()) joined += '\n';
    joined += user.value;
  }
  return joined;
}

auto direct_key(const chat::user_id& one, const chat::user_id& other) -> std::string {
  const auto& [low, high] = std::minmax(one.value, other.value);
  return low + '\n' + high;
}

}  // namespace parley::storage::sql
