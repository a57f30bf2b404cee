#include <catch2/catch.hpp>

#include <thread>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;

namespace {

/// As a program did that knew one step only.
void apply_first_step(const config::storage_options& options) {
  const bool is_sqlite = options.url.starts_with("sqlite:");
  const auto& step = storage::known_migrations(is_sqlite ? storage::sql::dialect::sqlite
                                                         : storage::sql::dialect::mysql)
                         .front();
  auto rest = step.sql;
  for (auto end = rest.find(";\n"); end != std::string_view::npos; end = rest.find(";\n")) {
    run_sql(options, rest.substr(0, end));
    rest.remove_prefix(end + 2);
  }
  run_sql(options,
          "CREATE TABLE schema_migrations (version INTEGER NOT NULL PRIMARY KEY, "
          "name VARCHAR(255) NOT NULL, checksum CHAR(64) NOT NULL, applied_at BIGINT NOT NULL)");
  run_sql(options, "INSERT INTO schema_migrations VALUES (1, 'InitialMessagingMigration', '" +
                       storage::checksum(step.sql) + "', 1)");
}

}  // namespace

STORE_CASE("migrating an empty database applies every step and records it", "[migrations]") {
  empty_database<TestType> db;
  const auto before = storage::migration_status(db.options);
  REQUIRE(before);
  REQUIRE(before->size() == 5);
  CHECK(before->front().name == "InitialMessagingMigration");
  CHECK_FALSE(before->front().applied);
  const auto applied = storage::migrate_up(db.options);
  REQUIRE(applied);
  CHECK(*applied == std::vector{1, 2, 3, 4, 5});
  const auto after = storage::migration_status(db.options);
  REQUIRE(after);
  for (const auto& step : *after) CHECK((step.applied && step.checksum_matches));
  std::string recorded;
  for (const auto& step : *after)
    recorded += std::to_string(step.version) + "|" + step.name + "|" + storage::checksum(step.sql) + "\n";
  CHECK(ask_sql(db.options, "SELECT version, name, checksum FROM schema_migrations ORDER BY version", 3) ==
        recorded);
}

STORE_CASE("migrating twice changes nothing", "[migrations]") {
  empty_database<TestType> db;
  REQUIRE(storage::migrate_up(db.options));
  const auto again = storage::migrate_up(db.options);
  REQUIRE(again);
  CHECK(again->empty());
}

STORE_CASE("two processes may migrate at once and one of them does the work", "[migrations]") {
  empty_database<TestType> db;
  std::vector<chat::expected<std::vector<int>>> done(2, std::vector<int>{});
  std::thread one{[&] { done[0] = storage::migrate_up(db.options); }};
  std::thread other{[&] { done[1] = storage::migrate_up(db.options); }};
  one.join();
  other.join();
  REQUIRE(done[0]);
  REQUIRE(done[1]);
  CHECK(done[0]->size() + done[1]->size() == 5);
}

STORE_CASE("a step that was applied with another text is refused", "[migrations]") {
  empty_database<TestType> db;
  REQUIRE(storage::migrate_up(db.options));
  run_sql(db.options, "UPDATE schema_migrations SET checksum = 'other'");
  const auto refused = storage::migrate_up(db.options);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == chat::errc::conflict);
  const auto status = storage::migration_status(db.options);
  REQUIRE(status);
  CHECK_FALSE(status->front().checksum_matches);
}

STORE_CASE("a step this program does not know is listed without text", "[migrations]") {
  empty_database<TestType> db;
  REQUIRE(storage::migrate_up(db.options));
  run_sql(db.options, "INSERT INTO schema_migrations VALUES (7, 'FromTheFuture', 'x', 1)");
  const auto status = storage::migration_status(db.options);
  REQUIRE(status);
  REQUIRE(status->size() == 6);
  CHECK(status->back().version == 7);
  CHECK(status->back().name == "FromTheFuture");
  CHECK(status->back().sql.empty());
  CHECK(storage::migrate_up(db.options)->empty());
}

STORE_CASE("a store without its tables is unavailable until they are made", "[migrations]") {
  empty_database<TestType> db;
  const auto store = opened(db.options);
  const auto early = store->load({new_id()}, 1);
  REQUIRE_FALSE(early);
  CHECK(early.error().code == chat::errc::unavailable);
  REQUIRE(storage::migrate_up(db.options));
  CHECK(store->load({new_id()}, 1));
}

STORE_CASE("a database of the first release keeps its conversations when it is brought up to date",
           "[migrations]") {
  empty_database<TestType> db;
  apply_first_step(db.options);
  const auto store = opened(db.options);
  auto named = plan(chat::conversation_type::group, {alice, bob});
  named.info.title = "the team";
  named.info.name = "team";
  REQUIRE(store->create(named));
  script pair{*store, alice, bob};
  REQUIRE(append(*store, {pair.message(alice, "before")}));
  const auto applied = storage::migrate_up(db.options);
  REQUIRE(applied);
  CHECK(*applied == std::vector{2, 3, 4, 5});
  CHECK(*store->find_name("team") == named.info.id);
  CHECK(*store->find_pair(bob, alice) == pair.id());
  const auto record = store->load(named.info.id, 1);
  REQUIRE((record && *record));
  CHECK((*record)->info == named.info);
  CHECK((*record)->members.size() == 2);
  CHECK(store->chat_list(bob, {}, 10)->size() == 2);
}
