#include "storage/sql/profiles.hpp"

#include <algorithm>

#include "storage/sql/rows.hpp"
#include "storage/sql/text.hpp"

namespace parley::storage::sql {
namespace {

auto list_of(std::span<const chat::user_id> users, std::size_t width) -> std::vector<value> {
  std::vector<value> values(users.begin(), users.end());
  values.resize(width, std::string_view{});
  return values;
}

void read_users(connection& db, std::string_view columns, std::span<const chat::user_id> users,
                const row_sink& sink) {
  const auto head = "SELECT u.id, " + with_alias(columns, "u") + " FROM users u WHERE u.id IN (";
  in_list_shapes(users, [&](std::span<const chat::user_id> some, std::size_t width) {
    db.query(repeat(head, "?", width, ",", ")"), list_of(some, width), sink);
  });
}

}  // namespace

void insert_stubs(connection& db, std::vector<chat::user_id> users) {
  std::sort(users.begin(), users.end());
  users.erase(std::unique(users.begin(), users.end()), users.end());
  const auto tail = on_duplicate(db.dialect(), "id", "id = users.id");
  const std::span<const chat::user_id> all{users};
  in_insert_shapes(all, [&](std::span<const chat::user_id> some) {
    db.run(repeat("INSERT INTO users (id) VALUES ", "(?)", some.size(), ",", tail),
           list_of(some, some.size()));
  });
}

auto read_profiles(connection& db, std::span<const chat::user_id> users)
    -> std::map<chat::user_id, chat::profile> {
  std::map<chat::user_id, chat::profile> found;
  read_users(db, profile_columns, users, [&](const row& r) {
    auto user = read_user(r, 0);
    found.insert_or_assign(user, read_profile(r, 1, user));
  });
  return found;
}

namespace {

using names = std::map<chat::user_id, std::vector<std::string>>;

/// @param text ends in "(", for the list of users; selects the user and a text
auto read_texts(connection& db, std::string_view text, std::span<const chat::user_id> users)
    -> names {
  names found;
  in_list_shapes(users, [&](std::span<const chat::user_id> some, std::size_t width) {
    db.query(repeat(text, "?", width, ",", ")"), list_of(some, width),
             [&](const row& r) { found[read_user(r, 0)].push_back(read_text(r, 1)); });
  });
  return found;
}

}  // namespace

void refresh_names(connection& db, std::span<const chat::user_id> users) {
  const auto profiles = read_profiles(db, users);
  auto accounts = read_texts(
      db, "SELECT user_id, user_name FROM accounts WHERE user_id IN (", users);
  auto present = read_texts(db, "SELECT user_id, name FROM user_names WHERE user_id IN (", users);
  for (const auto& [user, profile] : profiles) {
    auto& user_names = accounts[user];
    const auto wanted =
        chat::search_keys(profile, user_names.empty() ? std::string{} : user_names.front());
    auto& known = present[user];
    std::sort(known.begin(), known.end());
    if (known == wanted) continue;
    db.run("DELETE FROM user_names WHERE user_id = ?", {user});
    for (const auto& name : wanted)
      db.run("INSERT INTO user_names (name, user_id) VALUES (?,?)", {value::blob(name), user});
  }
}

auto read_last_seen(connection& db, std::span<const chat::user_id> users)
    -> std::map<chat::user_id, chat::timestamp> {
  std::map<chat::user_id, chat::timestamp> found;
  read_users(db, "%.last_seen_at", users,
             [&](const row& r) { found[read_user(r, 0)] = read_time(r, 1); });
  return found;
}

auto read_held(const row& from, int column) -> chat::cursors {
  return {read_number(from, column), read_time(from, column + 1), read_number(from, column + 2),
          read_time(from, column + 3)};
}

auto read_blocks(connection& db, const chat::user_id& user, std::span<const chat::user_id> others)
    -> std::vector<chat::block> {
  std::vector<chat::block> found;
  const auto read = [&](std::string_view head) {
    in_list_shapes(others, [&](std::span<const chat::user_id> some, std::size_t width) {
      auto values = list_of(some, width);
      values.insert(values.begin(), user);
      db.query(repeat(head, "?", width, ",", ")"), values,
               [&](const row& r) {
                 found.push_back({read_user(r, 0), read_user(r, 1), read_held(r, 2)});
               });
    });
  };
  const auto head = "SELECT blocker_id, blocked_id, " + std::string{held_columns} + " FROM blocks ";
  read(head + "WHERE blocked_id = ? AND blocker_id IN (");
  read(head + "WHERE blocker_id = ? AND blocked_id IN (");
  return found;
}

}  // namespace parley::storage::sql
