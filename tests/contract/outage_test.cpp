#include <catch2/catch.hpp>

#include <thread>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;

namespace {

/// Ends a connection that may have ended by itself since it was listed: one that was closed a moment
/// ago stays in the list until its thread is done.
void kill_connection(storage::sql::connection& db, std::int64_t id) {
  try {
    db.execute("KILL CONNECTION " + std::to_string(id));
  } catch (const storage::sql::failure& why) {
    constexpr auto no_such_thread = "1094";
    if (why.detail().find(no_such_thread) == std::string::npos) throw;
  }
}

/// Ends every connection to the database but the one that asks.
void kill_connections(const config::storage_options& options) {
  auto db = storage::open_connection(options);
  (*db)->ensure_open();
  std::vector<std::int64_t> ids;
  (*db)->query(
      "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND "
      "id <> CONNECTION_ID()",
      {}, [&](const storage::sql::row& r) { ids.push_back(r.integer(0)); });
  REQUIRE_FALSE(ids.empty());
  for (const auto id : ids) kill_connection(**db, id);
  const auto gone = [&] {
    int left = 0;
    (*db)->query(
        "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND "
        "id <> CONNECTION_ID()",
        {}, [&](const storage::sql::row&) { ++left; });
    return left == 0;
  };
  while (!gone()) std::this_thread::yield();
}

/// A server of its own, for cases that hurt it.
struct private_database {
  private_database() {
    options.url = server.new_database();
    if (!storage::migrate_up(options)) throw std::runtime_error{"migrate_up failed"};
    store = opened(options);
  }
  mariadb server;
  config::storage_options options;
  std::unique_ptr<storage::store> store;
};

}  // namespace

TEST_CASE("the next call after a killed connection works", "[store][outage][mysql]") {
  database<mariadb_driver> db;
  script room{*db.store, alice, bob};
  REQUIRE(append(*db.store, {room.message(alice, "before")}));
  kill_connections(db.options);
  SECTION("a single insert") {
    CHECK(append(*db.store, {room.message(alice, "after")}));
  }
  SECTION("a transaction") {
    CHECK(db.store->append(room.messages(alice, 5)));
  }
  SECTION("a read") {
    CHECK(db.store->entries(room.id(), 1, 9)->size() == 2);
  }
  SECTION("a ping") {
    CHECK(db.store->ping());
  }
}

TEST_CASE("a store outlives a crash of its database and loses nothing it answered for",
          "[store][outage][mysql]") {
  private_database db;
  script room{*db.store, alice, bob};
  const auto kept = room.messages(alice, 20);
  REQUIRE(db.store->append(kept));
  db.server.kill9();
  const auto down = append(*db.store, {room.message(alice, "lost")});
  REQUIRE_FALSE(down);
  CHECK(down.error().code == errc::unavailable);
  CHECK(db.store->ping().error().code == errc::unavailable);
  db.server.start();
  const auto found = db.store->entries(room.id(), 2, 99);
  REQUIRE(found);
  CHECK(*found == kept);
  auto next = room;
  next.last_seq = kept.back().seq;
  next.last_ordinal = kept.back().ordinal;
  CHECK(append(*db.store, {next.message(alice, "again")}));
}

TEST_CASE("a server that stops answering is not waited for longer than told",
          "[store][outage][mysql]") {
  private_database db;
  script room{*db.store, alice, bob};
  db.options.network_timeout_ms = 1'000;
  const auto store = opened(db.options);
  REQUIRE(store->append(room.messages(alice, 4)));
  REQUIRE(append(*store, {room.message(alice, "warm")}));
  db.server.freeze();
  const auto alone = append(*store, {room.message(alice, "?")});
  REQUIRE_FALSE(alone);
  CHECK(alone.error().code == errc::unknown);
  const auto next = store->ping();
  REQUIRE_FALSE(next);
  CHECK(next.error().code == errc::unavailable);
  db.server.thaw();
  CHECK(store->ping());
}

TEST_CASE("a read-only server makes writes unavailable and reads go on", "[store][outage][mysql]") {
  private_database db;
  script room{*db.store, alice, bob};
  auto root = db.options;
  run_sql(root, "CREATE USER plain@'127.0.0.1' IDENTIFIED BY 'x'");
  run_sql(root, "GRANT SELECT, INSERT, UPDATE, DELETE ON *.* TO plain@'127.0.0.1'");
  db.options.url = "mysql://plain:x" + root.url.substr(root.url.find('@'));
  const auto plain = opened(db.options);
  REQUIRE(append(*plain, {room.message(alice, "before")}));
  run_sql(root, "SET GLOBAL read_only = 1");
  const auto refused = append(*plain, {room.message(alice, "during")});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unavailable);
  CHECK(plain->entries(room.id(), 1, 9)->size() == 2);
  run_sql(root, "SET GLOBAL read_only = 0");
  --room.last_seq, --room.last_ordinal;
  CHECK(append(*plain, {room.message(alice, "after")}));
}

TEST_CASE("a server that may lose commits is named in the warning", "[store][outage][mysql]") {
  private_database db;
  CHECK(db.store->durability_warning().empty());
  run_sql(db.options, "SET GLOBAL innodb_flush_log_at_trx_commit = 2");
  const auto store = opened(db.options);
  CHECK(store->durability_warning().find("innodb_flush_log_at_trx_commit") != std::string::npos);
}

TEST_CASE("a lock that others hold is waited for and then given up", "[store][outage][mysql]") {
  database<mariadb_driver> db;
  script room{*db.store, alice, bob};
  auto holder = storage::open_connection(db.options);
  (*holder)->ensure_open();
  (*holder)->begin();
  (*holder)->execute("SELECT * FROM members FOR UPDATE");
  const chat::cursor_row row{room.id(), bob, {1, noon, 1, noon}};
  const auto waited = db.store->save_cursors({&row, 1});
  REQUIRE_FALSE(waited);
  CHECK(waited.error().code == errc::unavailable);
  holder = storage::open_connection(db.options);
  CHECK(db.store->save_cursors({&row, 1}));
}

TEST_CASE("transactions that deadlock are run again", "[store][outage][mysql]") {
  database<mariadb_driver> db;
  script one{*db.store, alice, bob};
  script other{*db.store, alice, carol};
  const auto other_store = db.another();
  const auto rounds = 100;
  const auto work = [&](storage::store& store, const script& first, const script& second) {
    int failed = 0;
    for (int i = 1; i <= rounds; ++i) {
      auto a = first;
      auto b = second;
      auto role = a.change(chat::entry_kind::role, alice, "admin");
      auto back = b.change(chat::entry_kind::role, alice, "admin");
      role.subjects = back.subjects = {alice};
      role.seq = back.seq =
          static_cast<std::uint64_t>(&store == db.store.get() ? 2 * i : 2 * i + 1);
      const chat::entry batch[]{role, back};
      failed += store.append(batch) ? 0 : 1;
    }
    return failed;
  };
  int failed_there = 0;
  std::thread rival{[&] { failed_there = work(*other_store, other, one); }};
  const auto failed_here = work(*db.store, one, other);
  rival.join();
  CHECK(failed_here + failed_there == 0);
}

TEST_CASE("a port where nobody listens is unavailable at once", "[store][outage][mysql]") {
  config::storage_options options;
  options.url = "mysql://parley:x@127.0.0.1:1/messaging";
  const auto refused = opened(options)->ping();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unavailable);
}

TEST_CASE("a store may come through the unix socket", "[store][outage][mysql]") {
  config::storage_options options;
  options.url = mariadb::shared().socket_url("mysql");
  CHECK(opened(options)->ping());
}

TEST_CASE("a wrong password is unavailable and stays out of the message",
          "[store][outage][mysql]") {
  database<mariadb_driver> db;
  db.options.url.replace(db.options.url.find("p%40ss"), 6, "geheim");
  const auto refused = opened(db.options)->ping();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unavailable);
  CHECK(refused.error().detail.find("geheim") == std::string::npos);
}

TEST_CASE("a database file that cannot be opened is unavailable", "[store][outage]") {
  config::storage_options options;
  options.url = "sqlite:/proc/none/parley.db";
  const auto refused = opened(options)->ping();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unavailable);
}

TEST_CASE("a writer waits for another one and then gives up", "[store][outage]") {
  database<sqlite_driver> db;
  script room{*db.store, alice, bob};
  db.options.network_timeout_ms = 50;
  const auto hasty = opened(db.options);
  auto holder = storage::open_connection(db.options);
  (*holder)->ensure_open();
  (*holder)->begin();
  const auto message = room.message(alice, "later");
  const auto refused = append(*hasty, {message});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unavailable);
  CHECK(hasty->entries(room.id(), 1, 9)->size() == 1);
  (*holder)->commit();
  CHECK(append(*hasty, {message}));
}
