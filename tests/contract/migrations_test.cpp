#include <catch2/catch.hpp>

#include <thread>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;

STORE_CASE("migrating an empty database applies every step and records it", "[migrations]") {
  empty_database<TestType> db;
  const auto before = storage::migration_status(db.options);
  REQUIRE(before);
  REQUIRE(before->size() == 1);
  CHECK(before->front().name == "InitialMessagingMigration");
  CHECK_FALSE(before->front().applied);
  const auto applied = storage::migrate_up(db.options);
  REQUIRE(applied);
  CHECK(*applied == std::vector{1});
  const auto after = storage::migration_status(db.options);
  REQUIRE(after);
  CHECK(after->front().applied);
  CHECK(after->front().checksum_matches);
  CHECK(ask_sql(db.options, "SELECT version, name, checksum FROM schema_migrations", 3) ==
        "1|InitialMessagingMigration|" + storage::checksum(after->front().sql) + "\n");
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
  CHECK(done[0]->size() + done[1]->size() == 1);
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
  REQUIRE(status->size() == 2);
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
