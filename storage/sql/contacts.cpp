#include <algorithm>

#include "storage/sql/profiles.hpp"
#include "storage/sql/rows.hpp"
#include "storage/sql/sql_store.hpp"
#include "storage/sql/text.hpp"

// Who knows whom, who finds whom, and who wants nothing of whom.

namespace parley::storage::sql {
namespace {

/// Names under which one user is found at most (chat::search_keys).
constexpr std::uint64_t names_per_user = 4;

// Small conversations first, then everybody in them.
constexpr std::string_view contacts_text =
    "SELECT DISTINCT o.user_id FROM (SELECT m.conversation_id FROM members m "
    "JOIN conversations c ON c.id = m.conversation_id "
    "JOIN members x ON x.conversation_id = m.conversation_id "
    "WHERE m.user_id = ? AND c.type <> 4 GROUP BY m.conversation_id HAVING COUNT(*) <= ?) small "
    "JOIN members o ON o.conversation_id = small.conversation_id "
    "WHERE o.user_id <> ? ORDER BY o.user_id";

// Names as a range of the index: no character of a prefix means anything but itself. A user stands
// in it at most names_per_user times, so that a limit on names is one on users. LEFT JOINs keep
// the way, from the contacts to their names.
constexpr std::string_view is_wanted =
    " n.name >= ? AND n.name < ? AND n.user_id <> ? AND NOT EXISTS (SELECT 1 FROM blocks b "
    "WHERE b.blocker_id = n.user_id AND b.blocked_id = ?) ORDER BY n.name, n.user_id LIMIT ?";

auto search_text(bool contacts_only) -> const std::string& {
  static const auto all =
      "SELECT n.user_id FROM user_names n WHERE" + std::string{is_wanted};
  static const auto near = "SELECT n.user_id FROM (" + std::string{contacts_text} +
                           ") k LEFT JOIN user_names n ON n.user_id = k.user_id WHERE" +
                           std::string{is_wanted};
  return contacts_only ? near : all;
}

auto text_or_null(const std::string& text) -> value {
  return value::or_null(std::string_view{text});
}

}  // namespace

auto sql_store::contacts(const chat::user_id& user, std::size_t max_members)
    -> chat::expected<std::vector<chat::user_id>> {
  return attempt([&] {
    std::vector<chat::user_id> found;
    db_->query(contacts_text, {user, std::uint64_t{max_members}, user},
               [&](const row& r) { found.push_back(read_user(r, 0)); });
    return found;
  });
}

auto sql_store::edit_profile(const chat::user_id& user, const chat::profile_edit& what)
    -> chat::expected<void> {
  const auto set = [&](std::string_view column, const std::optional<std::string>& to) {
    if (to)
      db_->run("UPDATE users SET " + std::string{column} + " = ? WHERE id = ?",
               {text_or_null(*to), user});
  };
  return transact([&] {
    insert_stubs(*db_, {user});
    set("own_first_name", what.first_name);
    set("own_last_name", what.last_name);
    set("own_display_name", what.display_name);
    set("own_picture_url", what.picture_url);
    refresh_names(*db_, {&user, 1});
  });
}

auto sql_store::search_users(const user_search& what)
    -> chat::expected<std::vector<chat::profile>> {
  // No UTF-8 text holds this byte: all that begin with the prefix lie before it.
  const auto end = what.prefix + '\xff';
  return attempt([&] {
    std::vector<value> values;
    if (what.contacts_only)
      values = {what.caller, std::uint64_t{what.max_members}, what.caller};
    values.insert(values.end(), {value::blob(what.prefix), value::blob(end), what.caller,
                                 what.caller, names_per_user * what.limit});
    std::vector<chat::user_id> users;
    db_->query(search_text(what.contacts_only), values, [&](const row& r) {
      auto user = read_user(r, 0);
      if (users.size() < what.limit && std::find(users.begin(), users.end(), user) == users.end())
        users.push_back(std::move(user));
    });
    const auto found = read_profiles(*db_, users);
    std::vector<chat::profile> in_order;
    for (const auto& user : users)
      if (const auto at = found.find(user); at != found.end()) in_order.push_back(at->second);
    return in_order;
  });
}

/// How far the one who blocks has come in the conversation of the two.
auto sql_store::cursors_between(const chat::block& what) -> chat::cursors {
  chat::cursors found;
  if (const auto id = find_one("direct_key", direct_key(what.by, what.whom)))
    db_->query("SELECT " + std::string{held_columns} +
                   " FROM members WHERE conversation_id = ? AND user_id = ?",
               {*id, what.by}, [&](const row& r) { found = read_held(r, 0); });
  return found;
}

auto sql_store::add_block(const chat::block& what, chat::timestamp at, std::size_t max_blocks)
    -> chat::expected<bool> {
  bool is_new = false;
  const auto added = transact([&] {
    std::uint64_t others = 0;
    is_new = true;
    db_->query("SELECT blocked_id FROM blocks WHERE blocker_id = ?", {what.by}, [&](const row& r) {
      ++others;
      if (r.text(0) == what.whom.value) is_new = false;
    });
    if (!is_new) return;
    if (others >= max_blocks)
      throw failure{chat::errc::limit, cure::none, "too many users are blocked"};
    const auto held = cursors_between(what);
    db_->run("INSERT INTO blocks (blocker_id, blocked_id, created_at, " +
                 std::string{held_columns} + ") VALUES (?,?,?,?,?,?,?)" +
                 on_duplicate(db_->dialect(), "blocker_id, blocked_id", "created_at = new(created_at)"),
             {what.by, what.whom, at, held.delivered_seq, held.delivered_at, held.read_seq,
              held.read_at});
  });
  if (!added) return chat::unexpected{added.error()};
  return is_new;
}

auto sql_store::drop_block(const chat::block& what) -> chat::expected<bool> {
  bool was_there = false;
  const auto dropped = transact([&] {
    was_there = db_->run("DELETE FROM blocks WHERE blocker_id = ? AND blocked_id = ?",
                         {what.by, what.whom}) > 0;
  });
  if (!dropped) return chat::unexpected{dropped.error()};
  return was_there;
}

auto sql_store::blocks_of(const chat::user_id& user)
    -> chat::expected<std::vector<chat::blocked_user>> {
  return attempt([&] {
    std::vector<chat::blocked_user> found;
    db_->query(
        "SELECT blocked_id, created_at FROM blocks WHERE blocker_id = ? "
        "ORDER BY created_at, blocked_id",
        {user}, [&](const row& r) { found.push_back({read_user(r, 0), read_time(r, 1)}); });
    return found;
  });
}

auto sql_store::blocks_between(const chat::user_id& user, std::span<const chat::user_id> others)
    -> chat::expected<std::vector<chat::block>> {
  return attempt([&] { return read_blocks(*db_, user, others); });
}

}  // namespace parley::storage::sql
