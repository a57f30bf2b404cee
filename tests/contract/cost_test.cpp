#include <catch2/catch.hpp>

#include <chrono>
#include <functional>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;

namespace {

/// Counts rows that the server touches, whoever asks for them.
class row_counter {
 public:
  explicit row_counter(const config::storage_options& options)
      : db_(std::move(*storage::open_connection(options))) {
    db_->ensure_open();
    read();
    const auto before = read();
    own_ = read() - before;
  }

  /// Rows read from tables and indexes during `call`.
  auto during(const std::function<bool()>& call) -> std::int64_t {
    REQUIRE(call());  // prepares its statements
    const auto before = read();
    REQUIRE(call());
    return read() - before - own_;
  }

 private:
  auto read() -> std::int64_t {
    std::int64_t sum = 0;
    db_->query(
        "SELECT CAST(SUM(variable_value) AS SIGNED) FROM information_schema.global_status "
        "WHERE variable_name LIKE 'HANDLER_READ%' AND variable_name <> "
        "'HANDLER_READ_RND_DELETED'",
        {}, [&](const storage::sql::row& r) { sum = r.integer(0); });
    return sum;
  }

  std::unique_ptr<storage::sql::connection> db_;
  std::int64_t own_ = 0;
};

}  // namespace

TEST_CASE("reads touch little more than the rows they answer, in a long conversation",
          "[store][cost][mysql]") {
  database<mariadb_driver> db;
  script room{*db.store, chat::conversation_type::group, {alice, bob}};
  script other{*db.store, alice, carol};
  for (int i = 0; i < 10; ++i) REQUIRE(db.store->append(room.messages(alice, 512)));
  const auto named = room.message_with_key(alice, "named", "key");
  REQUIRE(append(*db.store, {named, other.message(carol, "hi"), other.message(carol, "hello")}));
  const chat::cursor_row all_read{room.id(), bob, {room.last_seq, noon, room.last_seq, noon}};
  REQUIRE(db.store->save_cursors({&all_read, 1}));
  run_sql(db.options, "ANALYZE TABLE messages, members, conversations, users");

  row_counter rows{db.options};
  auto& store = *db.store;
  const auto id = room.id();
  CHECK(rows.during([&] {
    return !!store.messages(id, storage::ordinal_range{2'001, 2'050});
  }) < 60);
  CHECK(rows.during([&] {
    return !!store.messages(id, storage::seq_window{0, 0, 50, true});
  }) < 60);
  CHECK(rows.during([&] { return !!store.messages(id, storage::seq_window{2'000, 0, 50}); }) < 60);
  CHECK(rows.during([&] {
    return !!store.messages(id, storage::seq_window{0, 2'000, 50, true});
  }) < 60);
  CHECK(rows.during([&] { return !!store.entries_after(id, 2'000, 50); }) < 60);
  CHECK(rows.during([&] { return !!store.entries(id, 2'000, 2'049); }) < 60);
  CHECK(rows.during([&] { return !!store.find_send(id, alice, "key"); }) < 4);
  CHECK(rows.during([&] { return !!store.locate(named.id); }) < 4);
  CHECK(rows.during([&] { return !!store.load(id, 64); }) < 300);
  CHECK(rows.during([&] { return !!store.find_pair(alice, carol); }) < 4);
  CHECK(rows.during([&] {
    return !!store.messages(id, storage::ordinal_range{1, 50});
  }) < 60);
  CHECK(rows.during([&] {
    return !!store.messages(id, storage::seq_window{0, 60, 50, true});
  }) < 60);
  CHECK(rows.during([&] {
    return !!store.messages(id, storage::seq_window{0, 0, 50, false});
  }) < 60);
  CHECK(rows.during([&] { return !!store.entries_after(id, 0, 50); }) < 60);
  CHECK(rows.during([&] { return !!store.chat_list(bob, {}, 50); }) < 100);
  CHECK(rows.during([&] { return !!store.chat_list(alice, {}, 50); }) < 200);
  CHECK(rows.during([&] { return !!store.contacts(alice, 200); }) < 60);
}

TEST_CASE("what waits is found with seeks, not scans, in two thousand conversations",
          "[store][cost][mysql]") {
  database<mariadb_driver> db;
  auto& store = *db.store;
  constexpr int conversations = 2'000;
  std::vector<chat::cursor_row> cursors;
  for (int i = 0; i < conversations; ++i) {
    script room{store, chat::conversation_type::group, {alice, bob}};
    REQUIRE(store.append(room.messages(alice, 16)));
    const bool is_behind = i % 100 == 0;
    const auto reached = room.last_seq - (is_behind ? 2 : 0);
    cursors.push_back({room.id(), bob, {reached, noon, 0, {}}});
  }
  REQUIRE(store.save_cursors(cursors));
  run_sql(db.options, "ANALYZE TABLE messages, members, conversations, users");
  row_counter rows{db.options};
  // A membership, its row and a last seq each; where the cursor is behind also a type, a first
  // message and the messages.
  constexpr auto seeks = 3 * conversations + 700;
  CHECK(rows.during([&] { return store.undelivered_in({&bob, 1})->size() == 20; }) < seeks);
  CHECK(rows.during([&] { return store.undelivered(bob, 500)->size() == 40; }) < seeks);
  const auto start = std::chrono::steady_clock::now();
  CHECK(store.undelivered_in({&bob, 1}));
  const auto took = std::chrono::steady_clock::now() - start;
  WARN("undelivered_in: " << std::chrono::duration_cast<std::chrono::microseconds>(took).count()
                          << " us over 2,000 conversations");
}
