#include "storage/sql/attachments.hpp"

#include <nlohmann/json.hpp>

#include "storage/sql/rows.hpp"
#include "storage/sql/sql_store.hpp"
#include "storage/sql/text.hpp"

namespace parley::storage::sql {
namespace {

using chat::errc;
using nlohmann::json;

auto read_attachment(const row& r) -> attachment_row {
  attachment_row found;
  found.what = {read_uuid(r, 0), read_text(r, 1), read_text(r, 2), read_number(r, 3), {},
                static_cast<std::uint32_t>(read_number(r, 8)), static_cast<std::uint32_t>(read_number(r, 9))};
  found.conversation = {read_uuid(r, 4)};
  found.uploader = read_user(r, 5);
  found.created_at = read_time(r, 6);
  found.message = {read_uuid(r, 7)};
  return found;
}

auto parse_one(const json& from) -> chat::attachment {
  return {chat::parse_uuid(from.value("id", "")).value_or(chat::uuid{}), from.value("fileName", ""),
          from.value("contentType", ""), from.value("size", std::uint64_t{0}), {},
          from.value("width", std::uint32_t{0}), from.value("height", std::uint32_t{0})};
}

}  // namespace

auto dump_attachments(const std::vector<chat::attachment>& files) -> std::string {
  if (files.empty()) return {};
  auto list = json::array();
  for (const auto& file : files) {
    auto& one = list.emplace_back(json{{"id", to_string(file.id)},
                                       {"fileName", file.file_name},
                                       {"contentType", file.content_type},
                                       {"size", file.size}});
    if (file.width != 0) one.update({{"width", file.width}, {"height", file.height}});
  }
  return list.dump(-1, ' ', false, json::error_handler_t::replace);
}

auto parse_attachments(std::string_view text) -> std::vector<chat::attachment> {
  std::vector<chat::attachment> files;
  if (text.empty()) return files;
  const auto list = json::parse(text, nullptr, false);
  if (!list.is_array()) return files;
  for (const auto& one : list) {
    try {
      files.push_back(parse_one(one));
    } catch (const json::exception&) {
      continue;
    }
  }
  return files;
}

auto sql_store::add_attachment(const attachment_row& what, const attachment_quota& quota)
    -> chat::expected<void> {
  return transact([&] {
    if (is_over(what, quota))
      throw failure{errc::rate_limited, cure::none, "too many files from this user today"};
    db_->run(
        "INSERT INTO attachments (id, file_name, content_type, size, conversation_id, uploader_id, "
        "created_at, width, height) VALUES (?,?,?,?,?,?,?,?,?)",
        {what.what.id, std::string_view{what.what.file_name},
         std::string_view{what.what.content_type}, what.what.size, what.conversation, what.uploader,
         what.created_at, std::uint64_t{what.what.width}, std::uint64_t{what.what.height}});
  });
}

auto sql_store::is_over(const attachment_row& what, const attachment_quota& quota) -> bool {
  if (quota.max_bytes == 0 && quota.max_files == 0) return false;
  std::uint64_t bytes = 0;
  std::uint64_t files = 0;
  db_->query(
      "SELECT CAST(COALESCE(SUM(size), 0) AS SIGNED), COUNT(*) FROM attachments "
      "WHERE uploader_id = ? AND created_at >= ?",
      {what.uploader, quota.since}, [&](const row& r) {
        bytes = read_number(r, 0);
        files = read_number(r, 1);
      });
  return (quota.max_bytes != 0 && bytes + what.what.size > quota.max_bytes) ||
         (quota.max_files != 0 && files >= quota.max_files);
}

auto sql_store::attachments(std::span<const chat::uuid> ids)
    -> chat::expected<std::vector<attachment_row>> {
  return attempt([&] {
    std::vector<attachment_row> found;
    for (const auto& id : ids)
      db_->query(
          "SELECT id, file_name, content_type, size, conversation_id, uploader_id, created_at, "
          "message_id, width, height FROM attachments WHERE id = ? AND removed = 0",
          {id}, [&](const row& r) { found.push_back(read_attachment(r)); });
    return found;
  });
}

/// Part of a transaction: the row of a message and its hold on its files come together. Whoever
/// asked before has looked already; this is the judge when two owners did at once.
void sql_store::claim_attachments(const chat::entry& message) {
  keep_attachments(message);
  std::uint64_t held = 0;
  db_->query("SELECT COUNT(*) FROM attachments WHERE message_id = ?", {message.id},
             [&](const row& r) { held = read_number(r, 0); });
  if (held != message.attachments.size())
    throw failure{errc::refused, cure::none, "an attachment is gone or in another message"};
}

/// What a dead letter names waits with it.
void sql_store::keep_attachments(const chat::entry& letter) {
  for (const auto& file : letter.attachments)
    db_->run(
        "UPDATE attachments SET message_id = ? WHERE id = ? AND conversation_id = ? AND "
        "uploader_id = ? AND message_id IS NULL AND removed = 0",
        {letter.id, file.id, letter.conversation, letter.actor});
}

/// Unless the message was stored after all.
void sql_store::release_attachments(chat::message_id letter) {
  db_->run(
      "UPDATE attachments SET message_id = NULL WHERE message_id = ? AND "
      "NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = ?) AND "
      "NOT EXISTS (SELECT 1 FROM messages_archive m WHERE m.id = ?)",
      {letter, letter, letter});
}

auto sql_store::take_unused_attachments(chat::timestamp before, std::size_t limit)
    -> chat::expected<std::vector<chat::uuid>> {
  std::vector<chat::uuid> taken;
  const auto done = transact([&] {
    std::vector<chat::uuid> unused;
    db_->query(
        "SELECT id FROM attachments WHERE message_id IS NULL AND created_at < ? "
        "ORDER BY created_at LIMIT ?",
        {before, std::uint64_t{limit}}, [&](const row& r) { unused.push_back(read_uuid(r, 0)); });
    for (const auto& id : unused)
      db_->run("UPDATE attachments SET removed = 1 WHERE id = ? AND message_id IS NULL", {id});
    taken.clear();
    for (const auto& id : unused)  // one may have found its message meanwhile
      db_->query("SELECT id FROM attachments WHERE id = ? AND removed = 1", {id},
                 [&](const row& r) { taken.push_back(read_uuid(r, 0)); });
  });
  if (!done) return chat::unexpected{done.error()};
  return taken;
}

auto sql_store::forget_attachments(std::span<const chat::uuid> ids) -> chat::expected<void> {
  return transact([&] {
    for (const auto& id : ids)
      db_->run("DELETE FROM attachments WHERE id = ? AND removed = 1", {id});
  });
}

}  // namespace parley::storage::sql
