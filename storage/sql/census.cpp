#include "storage/census.hpp"

#include <array>
#include <utility>

#include "storage/migrations.hpp"
#include "storage/password.hpp"
#include "storage/sql/rows.hpp"

namespace parley::storage {
namespace {

using sql::read_number;
using sql::read_text;
using sql::read_time;
using sql::read_user;
using sql::read_uuid;
using sql::row;
using sql::value;

constexpr std::string_view account_columns =
    "SELECT user_name, user_id, password_hash FROM accounts ";

auto read_account(const row& r) -> account_row {
  return {read_text(r, 0), read_user(r, 1), is_disabled(r.text(2))};
}

auto rows_text(bool of_one, bool older) -> std::string {
  auto text = "SELECT " + sql::with_alias(sql::info_columns, "c") +
              ", c.last_message_at, "
              "(SELECT COUNT(*) FROM members n WHERE n.conversation_id = c.id), "
              "(SELECT MAX(e.seq) FROM messages e WHERE e.conversation_id = c.id) "
              "FROM conversations c ";
  if (of_one) text += "JOIN members m ON m.conversation_id = c.id AND m.user_id = ? ";
  if (older) text += "WHERE c.id < ? ";
  return text + "ORDER BY c.id DESC LIMIT ?";
}

class sql_census final : public census {
 public:
  explicit sql_census(std::unique_ptr<sql::connection> db) : db_(std::move(db)) {}

  auto counts() -> chat::expected<census_counts> override {
    return attempt([&] {
      census_counts found;
      const auto count = [&](std::string_view text, std::uint64_t& into) {
        db_->query(text, {}, [&](const row& r) { into = read_number(r, 0); });
      };
      count("SELECT COUNT(*) FROM accounts", found.accounts);
      count("SELECT COUNT(*) FROM users", found.users);
      count("SELECT COUNT(*) FROM conversations", found.conversations);
      count("SELECT COUNT(*) FROM attachments WHERE removed = 0", found.attachments);
      count("SELECT CAST(COALESCE(SUM(size), 0) AS SIGNED) FROM attachments WHERE removed = 0",
            found.attachment_bytes);
      count("SELECT COUNT(*) FROM dead_letters", found.dead_letters);
      return found;
    });
  }

  auto accounts(std::string_view after, std::size_t limit)
      -> chat::expected<std::vector<account_row>> override {
    static const auto text =
        std::string{account_columns} + "WHERE user_name > ? ORDER BY user_name LIMIT ?";
    return attempt([&] {
      std::vector<account_row> found;
      db_->query(text, {after, std::uint64_t{limit}},
                 [&](const row& r) { found.push_back(read_account(r)); });
      return found;
    });
  }

  auto find_account(std::string_view who) -> chat::expected<std::optional<account_row>> override {
    static const auto text = std::string{account_columns} + "WHERE user_name = ? OR user_id = ?";
    return attempt([&] {
      std::optional<account_row> found;
      db_->query(text, {who, who}, [&](const row& r) {
        // MySQL compares without trailing spaces; a name goes before an id.
        const bool is_name = r.text(0) == who;
        if (is_name || (!found && r.text(1) == who)) found = read_account(r);
      });
      return found;
    });
  }

  auto knows(const chat::user_id& user) -> chat::expected<bool> override {
    return attempt([&] {
      bool found = false;
      db_->query("SELECT id FROM users WHERE id = ?", {user},
                 [&](const row& r) { found = found || r.text(0) == user.value; });
      return found;
    });
  }

  auto set_password(std::string_view user_name, std::string_view hash)
      -> chat::expected<bool> override {
    return change_hash(user_name,
                       [&](std::string_view old) { return with_disabled(hash, is_disabled(old)); });
  }

  auto set_disabled(std::string_view user_name, bool disabled) -> chat::expected<bool> override {
    return change_hash(user_name,
                       [&](std::string_view old) { return with_disabled(old, disabled); });
  }

  auto conversations(const chat::user_id& of, chat::conversation_id before, std::size_t limit)
      -> chat::expected<std::vector<conversation_row>> override {
    const auto text = rows_text(!of.value.empty(), !before.is_nil());
    std::vector<value> values;
    if (!of.value.empty()) values.emplace_back(of);
    if (!before.is_nil()) values.emplace_back(before);
    values.emplace_back(std::uint64_t{limit});
    return attempt([&] {
      std::vector<conversation_row> found;
      db_->query(text, values, [&](const row& r) {
        const int next = sql::info_column_count;
        found.push_back({sql::read_info(r, db_->texts()), read_number(r, next + 1),
                         read_number(r, next + 2), read_time(r, next)});
      });
      return found;
    });
  }

  auto wrote_in(const chat::user_id& user)
      -> chat::expected<std::vector<chat::conversation_id>> override {
    return attempt([&] {
      std::vector<chat::conversation_id> found;
      db_->query(
          "SELECT conversation_id FROM messages WHERE sender_id = ? AND kind = 0 AND deleted_at IS "
          "NULL "
          "UNION SELECT conversation_id FROM messages_archive "
          "WHERE sender_id = ? AND kind = 0 AND deleted_at IS NULL",
          {user, user}, [&](const row& r) { found.push_back({read_uuid(r, 0)}); });
      return found;
    });
  }

  auto sent(const chat::user_id& user, chat::conversation_id in, std::size_t limit)
      -> chat::expected<std::vector<sent_message>> override {
    constexpr std::string_view text =
        "SELECT id, seq FROM messages WHERE conversation_id = ? AND sender_id = ? AND kind = 0 "
        "AND deleted_at IS NULL "
        "UNION ALL SELECT id, seq FROM messages_archive WHERE conversation_id = ? "
        "AND sender_id = ? AND kind = 0 AND deleted_at IS NULL ORDER BY seq LIMIT ?";
    return attempt([&] {
      std::vector<sent_message> found;
      db_->query(text, {in, user, in, user, std::uint64_t{limit}}, [&](const row& r) {
        found.push_back({{read_uuid(r, 0)}, read_number(r, 1)});
      });
      return found;
    });
  }

  auto is_empty() -> chat::expected<bool> override {
    return attempt([&] {
      std::uint64_t tables = 0;
      db_->query(
          db_->dialect() == sql::dialect::mysql
              ? "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()"
              : "SELECT COUNT(*) FROM sqlite_master",
          {}, [&](const row& r) { tables = read_number(r, 0); });
      return tables == 0;
    });
  }

  auto files_in_messages(const chat::uuid& after, std::size_t limit)
      -> chat::expected<std::vector<chat::uuid>> override {
    return attempt([&] {
      std::vector<chat::uuid> found;
      db_->query(
          "SELECT id FROM attachments WHERE id > ? AND message_id IS NOT NULL AND removed = 0 "
          "ORDER BY id LIMIT ?",
          {after, std::uint64_t{limit}}, [&](const row& r) { found.push_back(read_uuid(r, 0)); });
      return found;
    });
  }

  auto erase_deleted(const chat::user_id& user, chat::conversation_id in)
      -> chat::expected<void> override {
    return attempt([&] {
      db_->begin();
      // Announced long ago, and in no message: what the job looks for.
      db_->run(
          "UPDATE attachments SET message_id = NULL, created_at = 0 "
          "WHERE conversation_id = ? AND uploader_id = ?",
          {in, user});
      for (const std::string table : {"messages", "messages_archive"})
        db_->run("UPDATE " + table +
                     " SET content = '', previous_content = NULL, attachments = NULL "
                     "WHERE conversation_id = ? AND sender_id = ? "
                     "AND ((kind = 0 AND deleted_at IS NOT NULL) OR kind = 1)",
                 {in, user});
      db_->commit();
    });
  }

  auto last_entry(chat::conversation_id id) -> chat::expected<std::optional<sent_message>> override {
    return attempt([&] {
      std::optional<sent_message> found;
      db_->query("SELECT id, seq FROM messages WHERE conversation_id = ? ORDER BY seq DESC LIMIT 1",
                 {id}, [&](const row& r) { found = {{read_uuid(r, 0)}, read_number(r, 1)}; });
      return found;
    });
  }

  auto drop_headless(chat::conversation_id id, std::size_t max_rows)
      -> chat::expected<std::uint64_t> override {
    return attempt([&] {
      std::uint64_t below = 0;
      db_->begin();
      db_->query("SELECT MIN(seq) FROM messages WHERE conversation_id = ?", {id},
                 [&](const row& r) { below = r.is_null(0) ? 0 : read_number(r, 0) + max_rows; });
      db_->run(
          "UPDATE attachments SET message_id = NULL WHERE message_id IN "
          "(SELECT id FROM messages WHERE conversation_id = ? AND seq < ?) "
          "AND NOT EXISTS (SELECT 1 FROM conversations WHERE id = ?)",
          {id, below, id});
      const auto dropped = db_->run(
          "DELETE FROM messages WHERE conversation_id = ? AND seq < ? "
          "AND NOT EXISTS (SELECT 1 FROM conversations WHERE id = ?)",
          {id, below, id});
      db_->commit();
      return dropped;
    });
  }

  auto forget_person(const chat::user_id& user) -> chat::expected<void> override {
    return attempt([&] {
      db_->begin();
      db_->run("DELETE FROM accounts WHERE user_id = ?", {user});
      db_->run("DELETE FROM devices WHERE user_id = ?", {user});
      db_->run("DELETE FROM user_names WHERE user_id = ?", {user});
      db_->run("DELETE FROM blocks WHERE blocker_id = ? OR blocked_id = ?", {user, user});
      db_->run(
          "UPDATE users SET first_name = NULL, last_name = NULL, display_name = NULL, "
          "picture_url = NULL, last_seen_at = NULL, own_first_name = NULL, own_last_name = NULL, "
          "own_display_name = NULL, own_picture_url = NULL WHERE id = ?",
          {user});
      db_->commit();
    });
  }

 private:
  template <class Body>
  auto attempt(Body body) -> chat::expected<std::invoke_result_t<Body>> {
    using result = chat::expected<std::invoke_result_t<Body>>;
    try {
      db_->ensure_open();
      if constexpr (std::is_void_v<std::invoke_result_t<Body>>)
        return body(), result{};
      else
        return result{body()};
    } catch (const sql::failure& why) {
      db_->abandon(why);
      return chat::unexpected{why.code(), why.detail()};
    }
  }

  /// Whoever is signed in somewhere is signed out: an operator does this when somebody else may be.
  template <class Change>
  auto change_hash(std::string_view user_name, Change change) -> chat::expected<bool> {
    return attempt([&] {
      db_->begin();
      std::optional<std::string> old;
      chat::user_id user;
      db_->query("SELECT user_name, password_hash, user_id FROM accounts WHERE user_name = ?",
                 {user_name}, [&](const row& r) {
                   if (r.text(0) != user_name) return;
                   old = read_text(r, 1);
                   user = read_user(r, 2);
                 });
      if (old) {
        const std::string fresh = change(*old);
        db_->run("UPDATE accounts SET password_hash = ? WHERE user_name = ?",
                 {std::string_view{fresh}, user_name});
        db_->run("DELETE FROM devices WHERE user_id = ?", {user});
      }
      db_->commit();
      return old.has_value();
    });
  }

  std::unique_ptr<sql::connection> db_;
};

}  // namespace

auto open_census(const config::storage_options& options, vault_ptr texts)
    -> chat::expected<std::unique_ptr<census>> {
  auto db = open_connection(options);
  if (!db) return chat::unexpected{db.error()};
  if (texts) (*db)->store_texts_in(std::move(texts));
  return std::unique_ptr<census>{std::make_unique<sql_census>(std::move(*db))};
}

}  // namespace parley::storage
