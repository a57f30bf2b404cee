#include <algorithm>

#include "storage/sql/rows.hpp"
#include "storage/sql/sql_store.hpp"

// Links into conversations.

namespace parley::storage::sql {
namespace {

constexpr std::string_view columns =
    "SELECT code, conversation_id, created_by, created_at, expires_at, uses_left FROM invites WHERE ";
constexpr std::string_view is_good =
    " AND (expires_at IS NULL OR expires_at > ?) AND (uses_left IS NULL OR uses_left > 0)";

auto read_invite(const row& from) -> chat::invite {
  return {read_text(from, 0), {read_uuid(from, 1)}, read_user(from, 2), read_time(from, 3),
                    read_time(from, 4), !from.is_null(5), read_number(from, 5)};
}

}  // namespace

auto sql_store::add_invite(const chat::invite& what, std::size_t max_invites)
    -> chat::expected<void> {
  return transact([&] {
    db_->run("DELETE FROM invites WHERE conversation_id = ? AND (expires_at <= ? OR uses_left = 0)",
             {what.conversation, what.created_at});
    std::uint64_t others = 0;
    db_->query("SELECT COUNT(*) FROM invites WHERE conversation_id = ?", {what.conversation},
               [&](const row& r) { others = read_number(r, 0); });
    if (others >= max_invites)
      throw failure{chat::errc::limit, cure::none, "the conversation has too many invites"};
    db_->run("INSERT INTO invites (code, conversation_id, created_by, created_at, expires_at, uses_left) "
             "VALUES (?,?,?,?,?,?)",
             {std::string_view{what.code}, what.conversation, what.created_by, what.created_at,
              value::or_null(what.expires_at), what.is_counted ? value{what.uses_left} : value::or_null(std::uint64_t{0})});
  });
}

auto sql_store::find_invite(std::string_view code, chat::timestamp now)
    -> chat::expected<std::optional<chat::invite>> {
  static const auto text =
      std::string{columns} + "code = ? AND (expires_at IS NULL OR expires_at > ?)";
  return attempt([&] {
    std::optional<chat::invite> found;
    db_->query(text, {code, now}, [&](const row& r) {
      if (r.text(0) == code) found = read_invite(r);  // MySQL compares without trailing spaces
    });
    return found;
  });
}

auto sql_store::invites_of(chat::conversation_id conversation, chat::timestamp now)
    -> chat::expected<std::vector<chat::invite>> {
  static const auto text = std::string{columns} + "conversation_id = ?" + std::string{is_good} +
                           " ORDER BY created_at, code";
  return attempt([&] {
    std::vector<chat::invite> found;
    db_->query(text, {conversation, now}, [&](const row& r) { found.push_back(read_invite(r)); });
    return found;
  });
}

auto sql_store::preview_invite(std::string_view code, chat::timestamp now)
    -> chat::expected<std::optional<chat::invite_preview>> {
  static const auto text =
      "SELECT " + with_alias(info_columns, "c") + ", " + with_alias(profile_columns, "u") +
      ", i.code, (SELECT COUNT(*) FROM members n WHERE n.conversation_id = i.conversation_id) "
      "FROM invites i JOIN conversations c ON c.id = i.conversation_id "
      "JOIN members m ON m.conversation_id = i.conversation_id AND m.user_id = i.created_by "
      "LEFT JOIN users u ON u.id = i.created_by WHERE i.code = ?" +
      std::string{is_good};
  constexpr int profile_column_count = 4;
  return attempt([&] {
    std::optional<chat::invite_preview> found;
    db_->query(text, {code, now}, [&](const row& r) {
      constexpr int rest = info_column_count + profile_column_count;
      if (r.text(rest) != code) return;
      const auto maker = read_profile(r, info_column_count, {});
      found = {read_info(r, db_->texts()).title, read_number(r, rest + 1), chat::display_name(maker)};
    });
    return found;
  });
}

auto sql_store::drop_invite(std::string_view code) -> chat::expected<bool> {
  bool is_dropped = false;
  const auto dropped = transact([&] {
    is_dropped = db_->run("DELETE FROM invites WHERE code = ?", {code}) > 0;
  });
  if (!dropped) return chat::unexpected{dropped.error()};
  return is_dropped;
}

auto sql_store::use_invite(std::string_view code, chat::timestamp now) -> chat::expected<bool> {
  static const auto count = "UPDATE invites SET uses_left = uses_left - 1 WHERE code = ?" +
                            std::string{is_good} + " AND uses_left IS NOT NULL";
  static const auto look = "SELECT 1 FROM invites WHERE code = ?" + std::string{is_good} +
                           " AND uses_left IS NULL";
  bool is_used = false;
  const auto used = transact([&] {
    is_used = db_->run(count, {code, now}) > 0;
    if (!is_used) db_->query(look, {code, now}, [&](const row&) { is_used = true; });
  });
  if (!used) return chat::unexpected{used.error()};
  return is_used;
}

auto sql_store::return_invite(std::string_view code) -> chat::expected<void> {
  return transact([&] {
    db_->run("UPDATE invites SET uses_left = uses_left + 1 WHERE code = ? AND uses_left IS NOT NULL",
             {code});
  });
}

/// What somebody who was removed may have kept.
void sql_store::drop_invites(const chat::entry& removal) {
  const auto& gone = removal.subjects;
  if (std::find(gone.begin(), gone.end(), removal.actor) == gone.end())
    db_->run("DELETE FROM invites WHERE conversation_id = ?", {removal.conversation});
}

}  // namespace parley::storage::sql
