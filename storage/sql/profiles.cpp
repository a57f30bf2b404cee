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

auto read_last_seen(connection& db, std::span<const chat::user_id> users)
    -> std::map<chat::user_id, chat::timestamp> {
  std::map<chat::user_id, chat::timestamp> found;
  read_users(db, "%.last_seen_at", users,
             [&](const row& r) { found[read_user(r, 0)] = read_time(r, 1); });
  return found;
}

}  // namespace parley::storage::sql
