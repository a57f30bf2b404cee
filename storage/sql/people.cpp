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

auto text_or_null(const std::string& text) -> value {
  return value::or_null(std::string_view{text});
}

auto upsert_claims(dialect to) -> std::string {
  return "INSERT INTO users (id, first_name, last_name, display_name, picture_url) "
         "VALUES (?,?,?,?,?)" +
         on_duplicate(to, "id", fill_fields);
}

const std::string account_text = "SELECT a.user_name, a.user_id, a.password_hash, " +
                                 with_alias(claimed_profile_columns, "u") +
                                 " FROM accounts a LEFT JOIN users u ON u.id = a.user_id WHERE ";

auto read_account(const row& from) -> account {
  return {read_text(from, 0), read_user(from, 1), read_text(from, 2),
          read_profile(from, 3, read_user(from, 1))};
}

}  // namespace

auto sql_store::save_profiles(std::span<const chat::profile> profiles) -> chat::expected<void> {
  if (profiles.empty()) return {};
  std::vector<const chat::profile*> sorted;
  for (const auto& p : profiles) sorted.push_back(&p);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return a->user < b->user; });
  const auto text = upsert_claims(db_->dialect());
  return transact([&] {
    for (const auto* p : sorted)
      db_->run(text, {p->user, text_or_null(p->first_name), text_or_null(p->last_name),
                      text_or_null(p->display_name), text_or_null(p->picture_url)});
    std::vector<chat::user_id> users;
    for (const auto* p : sorted) users.push_back(p->user);
    users.erase(std::unique(users.begin(), users.end()), users.end());
    refresh_names(*db_, users);
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
    const auto& given = who.profile;
    db_->run(upsert_claims(db_->dialect()),
             {who.user, text_or_null(given.first_name), text_or_null(given.last_name),
              text_or_null(given.display_name), text_or_null(given.picture_url)});
    refresh_names(*db_, {&who.user, 1});
  });
}

auto sql_store::find_account(std::string_view user_name) -> chat::expected<std::optional<account>> {
  static const auto text = account_text + "a.user_name = ?";
  return attempt([&] {
    std::optional<account> found;
    // MySQL compares without trailing spaces; names are compared exactly.
    db_->query(text, {user_name}, [&](const row& r) {
      if (r.text(0) == user_name) found = read_account(r);
    });
    return found;
  });
}

auto sql_store::find_account_of(const chat::user_id& user)
    -> chat::expected<std::optional<account>> {
  static const auto text = account_text + "a.user_id = ?";
  return attempt([&] {
    std::optional<account> found;
    db_->query(text, {user}, [&](const row& r) {
      if (r.text(1) == user.value) found = read_account(r);
    });
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

auto sql_store::abandon(chat::errc code, const char* what) -> chat::unexpected {
  db_->abandon({chat::errc::unavailable, cure::none, what});
  return chat::unexpected{code, std::string{"a fault of the server: "} + what};
}

auto sql_store::ping() -> chat::expected<void> {
  return attempt([&] { db_->query("SELECT 1", {}, [](const row&) {}); });
}

auto sql_store::durability_warning() -> std::string {
  const auto open = attempt([] {});
  return open ? db_->durability_warning() : std::string{};
}

}  // namespace parley::storage::sql
