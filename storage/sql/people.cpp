#include <algorithm>

#include "storage/sql/profiles.hpp"
#include "storage/sql/rows.hpp"
#include "storage/sql/sql_store.hpp"
#include "storage/sql/text.hpp"

namespace parley::storage::sql {
namespace {

constexpr std::string_view fill_fields =
    "first_name = COALESCE(new(first_name), users.first_name), "
    "last_name = COALESCE(new(last_name), users.last_name), "
    "display_name = COALESCE(new(display_name), users.display_name), "
    "picture_url = COALESCE(new(picture_url), users.picture_url)";

constexpr std::string_view move_last_seen =
    "last_seen_at = CASE WHEN users.last_seen_at > new(last_seen_at) THEN users.last_seen_at "
    "ELSE new(last_seen_at) END";

// Small conversations first, then everybody in them.
constexpr std::string_view contacts_text =
    "SELECT DISTINCT o.user_id FROM (SELECT m.conversation_id FROM members m "
    "JOIN conversations c ON c.id = m.conversation_id "
    "JOIN members x ON x.conversation_id = m.conversation_id "
    "WHERE m.user_id = ? AND c.type <> 4 GROUP BY m.conversation_id HAVING COUNT(*) <= ?) small "
    "JOIN members o ON o.conversation_id = small.conversation_id "
    "WHERE o.user_id <> ? ORDER BY o.user_id";

auto text_or_null(const std::string& text) -> value {
  return value::or_null(std::string_view{text});
}

}  // namespace

auto sql_store::save_profiles(std::span<const chat::profile> profiles) -> chat::expected<void> {
  if (profiles.empty()) return {};
  std::vector<const chat::profile*> sorted;
  for (const auto& p : profiles) sorted.push_back(&p);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return a->user < b->user; });
  const auto text =
      "INSERT INTO users (id, first_name, last_name, display_name, picture_url) "
      "VALUES (?,?,?,?,?)" +
      on_duplicate(db_->dialect(), "id", fill_fields);
  return transact([&] {
    for (const auto* p : sorted)
      db_->run(text, {p->user, text_or_null(p->first_name), text_or_null(p->last_name),
                      text_or_null(p->display_name), text_or_null(p->picture_url)});
  });
}

auto sql_store::save_last_seen(const chat::user_id& user, chat::timestamp at)
    -> chat::expected<void> {
  const auto text = "INSERT INTO users (id, last_seen_at) VALUES (?,?)" +
                    on_duplicate(db_->dialect(), "id", move_last_seen);
  return attempt([&] {
    const std::array<value, 2> values{value{user}, value{at}};
    db_->run_alone(text, values);
  });
}

auto sql_store::add_account(const account& who) -> chat::expected<void> {
  return transact([&] {
    db_->run("INSERT INTO accounts (user_name, user_id, password_hash) VALUES (?,?,?)",
             {std::string_view{who.user_name}, who.user, std::string_view{who.password_hash}});
    insert_stubs(*db_, {who.user});
  });
}

auto sql_store::find_account(std::string_view user_name) -> chat::expected<std::optional<account>> {
  return attempt([&] {
    std::optional<account> found;
    db_->query("SELECT user_name, user_id, password_hash FROM accounts WHERE user_name = ?",
               {user_name}, [&](const row& r) {
                 // MySQL compares without trailing spaces; names are compared exactly.
                 if (r.text(0) == user_name)
                   found = account{read_text(r, 0), read_user(r, 1), read_text(r, 2)};
               });
    return found;
  });
}

auto sql_store::contacts(const chat::user_id& user, std::size_t max_members)
    -> chat::expected<std::vector<chat::user_id>> {
  return attempt([&] {
    std::vector<chat::user_id> found;
    db_->query(contacts_text, {user, std::uint64_t{max_members}, user},
               [&](const row& r) { found.push_back(read_user(r, 0)); });
    return found;
  });
}

auto sql_store::profiles(std::span<const chat::user_id> users)
    -> chat::expected<std::vector<chat::profile>> {
  return attempt([&] {
    const auto found = read_profiles(*db_, users);
    std::vector<chat::profile> in_order;
    for (const auto& user : users) {
      const auto at = found.find(user);
      in_order.push_back(at != found.end() ? at->second : chat::profile{user, {}, {}, {}, {}});
    }
    return in_order;
  });
}

auto sql_store::last_seen(std::span<const chat::user_id> users)
    -> chat::expected<std::vector<chat::timestamp>> {
  return attempt([&] {
    const auto found = read_last_seen(*db_, users);
    std::vector<chat::timestamp> in_order;
    for (const auto& user : users) {
      const auto at = found.find(user);
      in_order.push_back(at != found.end() ? at->second : chat::timestamp{});
    }
    return in_order;
  });
}

auto sql_store::ping() -> chat::expected<void> {
  return attempt([&] { db_->query("SELECT 1", {}, [](const row&) {}); });
}

auto sql_store::durability_warning() -> std::string {
  const auto open = attempt([] {});
  return open ? db_->durability_warning() : std::string{};
}

}  // namespace parley::storage::sql
