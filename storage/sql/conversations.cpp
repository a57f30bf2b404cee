#include <algorithm>

#include "storage/sql/profiles.hpp"
#include "storage/sql/rows.hpp"
#include "storage/sql/sql_store.hpp"
#include "storage/sql/text.hpp"

namespace parley::storage::sql {
namespace {

// Each time comes before its seq: MySQL assigns from left to right and sees what it has assigned.
constexpr std::string_view move_cursors =
    "UPDATE members SET "
    "delivered_at = CASE WHEN delivered_seq < ? THEN ? ELSE delivered_at END, "
    "delivered_seq = CASE WHEN delivered_seq < ? THEN ? ELSE delivered_seq END, "
    "read_at = CASE WHEN read_seq < ? THEN ? ELSE read_at END, "
    "read_seq = CASE WHEN read_seq < ? THEN ? ELSE read_seq END "
    "WHERE conversation_id = ? AND user_id = ? AND (delivered_seq < ? OR read_seq < ?)";

constexpr std::string_view move_activity =
    "UPDATE conversations SET last_message_at = ?, "
    "updated_at = CASE WHEN updated_at < ? THEN ? ELSE updated_at END "
    "WHERE id = ? AND (last_message_at IS NULL OR last_message_at < ?)";

/// How far back `load` looks for sends that carried a client_message_id.
constexpr std::size_t recent_sends_reach = 4;

}  // namespace

auto sql_store::find_holder(const chat::conversation_info& info)
    -> std::optional<chat::conversation_id> {
  std::optional<chat::conversation_id> holder;
  if (is_two_person(info.type))
    holder = find_one("direct_key", direct_key(info.participant1, info.participant2));
  if (!holder && !info.case_id.empty()) holder = find_one("case_id", info.case_id);
  if (!holder && !info.name.empty()) holder = find_one("name", info.name);
  // The id itself: an earlier try of this very call got through after all.
  if (!holder && exists(info.id)) holder = info.id;
  return holder;
}

auto sql_store::find_one(std::string_view column, std::string_view key)
    -> std::optional<chat::conversation_id> {
  std::optional<chat::conversation_id> found;
  db_->query("SELECT id FROM conversations WHERE " + std::string{column} + " = ?", {key},
             [&](const row& r) { found = chat::conversation_id{read_uuid(r, 0)}; });
  return found;
}

auto sql_store::exists(chat::conversation_id id) -> bool {
  bool found = false;
  db_->query("SELECT 1 FROM conversations WHERE id = ?", {id}, [&](const row&) { found = true; });
  return found;
}

auto sql_store::find_pair(const chat::user_id& one, const chat::user_id& other)
    -> chat::expected<std::optional<chat::conversation_id>> {
  return attempt([&] { return find_one("direct_key", direct_key(one, other)); });
}

auto sql_store::find_case(std::string_view case_id)
    -> chat::expected<std::optional<chat::conversation_id>> {
  return attempt([&] { return find_one("case_id", case_id); });
}

auto sql_store::find_name(std::string_view name)
    -> chat::expected<std::optional<chat::conversation_id>> {
  return attempt([&] { return find_one("name", name); });
}

auto sql_store::save_cursors(std::span<const chat::cursor_row> rows) -> chat::expected<void> {
  if (rows.empty()) return {};
  std::vector<const chat::cursor_row*> sorted;
  for (const auto& r : rows) sorted.push_back(&r);
  // One order of locking for every writer.
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
    return std::tie(a->conversation, a->user) < std::tie(b->conversation, b->user);
  });
  std::vector<value> values;
  for (const auto* r : sorted) {
    const auto& [delivered, delivered_at, read, read_at] = r->cursors;
    values.insert(values.end(),
                  {delivered, delivered_at, delivered, delivered, read, read_at, read, read,
                   r->conversation, r->user, delivered, read});
  }
  return transact([&] { db_->run_each(move_cursors, values, sorted.size()); });
}

auto sql_store::touch(std::span<const activity> rows) -> chat::expected<void> {
  if (rows.empty()) return {};
  std::vector<activity> sorted(rows.begin(), rows.end());  // one order of locking
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a.conversation < b.conversation; });
  std::vector<value> values;
  for (const auto& [id, at] : sorted) values.insert(values.end(), {at, at, at, id, at});
  return transact([&] { db_->run_each(move_activity, values, sorted.size()); });
}

auto sql_store::load(chat::conversation_id id, std::size_t max_recent_sends)
    -> chat::expected<std::optional<chat::conversation_state>> {
  // A change of members that commits between two of these must not be in one and not in the other.
  return read_at_once([&] {
    std::optional<chat::conversation_state> record;
    db_->query("SELECT " + with_alias(info_columns, "c") + " FROM conversations c WHERE c.id = ?",
               {id}, [&](const row& r) { record.emplace().info = read_info(r, db_->texts()); });
    if (!record) return record;
    db_->query("SELECT " + with_alias(member_columns, "m") +
                   " FROM members m WHERE m.conversation_id = ? ORDER BY m.joined_at, m.user_id",
               {id}, [&](const row& r) { record->members.push_back(read_member(r)); });
    if (const auto& info = record->info; is_two_person(info.type))
      record->blocks = read_blocks(*db_, info.participant1, {&info.participant2, 1});
    load_tail(*record, max_recent_sends);
    return record;
  });
}

void sql_store::load_tail(chat::conversation_state& record, std::size_t max_recent_sends) {
  const auto id = record.info.id;
  db_->query(
      "SELECT seq, created_at FROM messages WHERE conversation_id = ? ORDER BY seq DESC LIMIT 1",
      {id}, [&](const row& r) {
        record.last_seq = read_number(r, 0);
        record.last_at = read_time(r, 1);
      });
  record.last_ordinal = last_ordinal(id);
  record.has_archive = archived_up_to(id) > 0;
  load_sends(record, max_recent_sends);
}

void sql_store::load_sends(chat::conversation_state& record, std::size_t max_recent_sends) {
  auto& sends = record.recent_sends;
  const auto reach =
      std::min<std::uint64_t>(record.last_seq, recent_sends_reach * max_recent_sends);
  const auto from = record.last_seq - reach;
  const auto read = [&](std::string_view text) {
    db_->query(text, {record.info.id, from, std::uint64_t{max_recent_sends - sends.size()}},
               [&](const row& r) {
                 sends.push_back(chat::send_key(read_user(r, 0), r.text(1)));
               });
  };
  read(
      "SELECT sender_id, client_message_id FROM messages WHERE conversation_id = ? AND "
      "seq > ? AND client_message_id IS NOT NULL ORDER BY seq DESC LIMIT ?");
  if (sends.size() < max_recent_sends && record.has_archive && from < archived_up_to(record.info.id))
    read(
        "SELECT sender_id, client_message_id FROM messages_archive WHERE "
        "conversation_id = ? AND seq > ? AND client_message_id IS NOT NULL "
        "ORDER BY seq DESC LIMIT ?");
  std::reverse(sends.begin(), sends.end());
}

auto sql_store::last_seq(chat::conversation_id id) -> std::uint64_t {
  std::uint64_t last = 0;
  db_->query("SELECT seq FROM messages WHERE conversation_id = ? ORDER BY seq DESC LIMIT 1", {id},
             [&](const row& r) { last = read_number(r, 0); });
  return last;
}

auto sql_store::last_ordinal(chat::conversation_id id) -> std::uint64_t {
  std::uint64_t last = 0;
  db_->query(
      "SELECT ordinal FROM messages WHERE conversation_id = ? AND ordinal IS NOT NULL "
      "ORDER BY ordinal DESC LIMIT 1",
      {id}, [&](const row& r) { last = read_number(r, 0); });
  return last;
}

}  // namespace parley::storage::sql
