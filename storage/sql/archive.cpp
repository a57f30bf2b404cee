#include <algorithm>
#include <cassert>

#include "storage/sql/rows.hpp"
#include "storage/sql/sql_store.hpp"

namespace parley::storage::sql {
namespace {

constexpr std::string_view all_columns =
    "conversation_id, seq, ordinal, kind, id, sender_id, content, previous_content, "
    "client_message_id, fingerprint, created_at, reply_to, attachments, target_id, target_seq, "
    "subjects, edited_at, deleted_at";

// Conversations that have more than their last message in `messages`, in the order of their ids.
constexpr std::string_view idle_text =
    "SELECT k.id FROM (SELECT c.id, c.archived_up_to_seq, "
    "(SELECT l.seq FROM messages l WHERE l.conversation_id = c.id ORDER BY l.seq DESC LIMIT 1) "
    "AS last_seq FROM conversations c WHERE c.id > ? AND c.type <> 4) k "
    "JOIN messages n ON n.conversation_id = k.id AND n.seq = k.last_seq "
    "WHERE n.created_at < ? AND k.last_seq > k.archived_up_to_seq + 1 ORDER BY k.id LIMIT 64";

/// An edit on its way must not fall between reading a row and deleting it. SQLite has one writer.
constexpr std::string_view lock_text =
    "SELECT seq FROM messages WHERE conversation_id = ? AND seq <= ? FOR UPDATE";

}  // namespace

auto sql_store::archive(chat::timestamp before, std::size_t max_rows, archive_mark& from)
    -> chat::expected<std::size_t> {
  assert(max_rows > 0);
  for (;;) {
    const auto idle = attempt([&] { return find_idle(from.done, before); });
    if (!idle) return chat::unexpected{idle.error()};
    if (idle->empty()) return std::size_t{0};
    for (const auto id : *idle) {
      std::size_t moved = 0;
      const auto step = transact([&] { moved = archive_some(id, max_rows); });
      if (!step) return chat::unexpected{step.error()};
      if (moved < max_rows) from.done = id;
      if (moved > 0) return moved;
    }
  }
}

auto sql_store::find_idle(chat::conversation_id after, chat::timestamp before)
    -> std::vector<chat::conversation_id> {
  std::vector<chat::conversation_id> found;
  db_->query(idle_text, {after, before}, [&](const row& r) { found.push_back({read_uuid(r, 0)}); });
  return found;
}

/// Part of a transaction. @returns how many rows it moved
auto sql_store::archive_some(chat::conversation_id id, std::size_t max_rows) -> std::size_t {
  const auto from = archived_up_to(id);
  const auto last = std::min<std::uint64_t>(archivable_up_to(id), from + max_rows);
  if (last <= from) return 0;
  if (db_->dialect() == dialect::mysql) db_->query(lock_text, {id, last}, [](const row&) {});
  const auto columns = std::string{all_columns};
  db_->run("INSERT INTO messages_archive (" + columns + ") SELECT " + columns +
               " FROM messages WHERE conversation_id = ? AND seq <= ?",
           {id, last});
  const auto moved =
      db_->run("DELETE FROM messages WHERE conversation_id = ? AND seq <= ?", {id, last});
  // Somebody else who archives may have come further.
  db_->run("UPDATE conversations SET archived_up_to_seq = ? WHERE id = ? AND archived_up_to_seq < ?",
           {last, id, last});
  return moved;
}

auto sql_store::has_archive(chat::conversation_id id) -> chat::expected<bool> {
  return attempt([&] { return archived_up_to(id) > 0; });
}

auto sql_store::archived_up_to(chat::conversation_id id) -> std::uint64_t {
  std::uint64_t last = 0;
  db_->query("SELECT archived_up_to_seq FROM conversations WHERE id = ?", {id},
             [&](const row& r) { last = read_number(r, 0); });
  return last;
}

/// The last message and what came after it stay: numbering, the chat list's last message and the
/// judge of order need not know of the archive.
auto sql_store::archivable_up_to(chat::conversation_id id) -> std::uint64_t {
  std::uint64_t first_kept = 0;
  db_->query(
      "SELECT seq FROM messages WHERE conversation_id = ? AND ordinal IS NOT NULL "
      "ORDER BY ordinal DESC LIMIT 1",
      {id}, [&](const row& r) { first_kept = read_number(r, 0); });
  if (first_kept == 0) first_kept = last_seq(id);
  return first_kept == 0 ? 0 : first_kept - 1;
}

}  // namespace parley::storage::sql
