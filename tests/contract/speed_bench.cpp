#include <sys/resource.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

// Hidden: run with the tag [.bench]. Figures hold for the machine they were taken on, the database
// running beside the client.

using namespace parley;
using namespace parley::test;

namespace {

using steady = std::chrono::steady_clock;

auto seconds_since(steady::time_point start) -> double {
  return std::chrono::duration<double>(steady::now() - start).count();
}

/// Processor seconds of this process so far.
auto client_seconds() -> double {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto of = [](timeval t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

void measure(const char* what, std::size_t units, const std::function<void()>& work) {
  const auto cpu = client_seconds();
  const auto start = steady::now();
  work();
  const auto wall = seconds_since(start);
  std::printf("%-44s %8.0f/s %9.2f us each, client cpu %7.2f us\n", what,
              static_cast<double>(units) / wall, 1e6 * wall / static_cast<double>(units),
              1e6 * (client_seconds() - cpu) / static_cast<double>(units));
}

auto rows_for(std::vector<script>& rooms, std::size_t count) -> std::vector<chat::entry> {
  std::vector<chat::entry> rows;
  for (std::size_t i = 0; i < count; ++i) {
    auto& room = rooms[i % rooms.size()];
    rows.push_back(room.message_with_key(alice, std::string(200, 'x'),
                                         "key-" + std::to_string(room.last_seq)));
  }
  return rows;
}

}  // namespace

STORE_CASE("append is fast", "[.bench]") {
  database<TestType> db;
  std::vector<script> rooms;
  for (int i = 0; i < 50; ++i)
    rooms.emplace_back(*db.store, chat::conversation_type::group,
                       std::initializer_list<chat::user_id>{alice, bob});
  for (const std::size_t batch : {1, 16, 64, 256, 1024}) {
    const auto rows = rows_for(rooms, batch == 1 ? 4'000 : 40 * 1'024);
    const std::span<const chat::entry> all{rows};
    const auto label = db.options.url.substr(0, 6) + " append, batch " + std::to_string(batch);
    measure(label.c_str(), rows.size(), [&] {
      for (std::size_t at = 0; at < all.size(); at += batch)
        REQUIRE(db.store->append(all.subspan(at, std::min(batch, all.size() - at))));
    });
  }
}

STORE_CASE("cursors are saved fast", "[.bench]") {
  database<TestType> db;
  script room{*db.store, chat::conversation_type::group, {alice}};
  std::vector<chat::user_id> crowd;
  for (int i = 0; i < 1'000; ++i) crowd.push_back({"user-" + std::to_string(i)});
  REQUIRE(append(*db.store, {room.add(crowd)}));
  std::vector<chat::cursor_row> rows;
  for (const auto& user : crowd) rows.push_back({room.id(), user, {900, noon, 900, noon}});
  measure((db.options.url.substr(0, 6) + " cursors, 1000 rows a call").c_str(), rows.size(),
          [&] { REQUIRE(db.store->save_cursors(rows)); });
}

STORE_CASE("pages and lists are fast", "[.bench]") {
  database<TestType> db;
  const auto label = [&](const char* what) { return db.options.url.substr(0, 6) + " " + what; };
  std::vector<script> big{{*db.store, chat::conversation_type::group, {alice, bob}}};
  for (int i = 0; i < 200; ++i) REQUIRE(db.store->append(rows_for(big, 1'024)));
  std::vector<script> rooms;
  for (int i = 0; i < 2'000; ++i)
    rooms.emplace_back(*db.store, chat::conversation_type::direct,
                       std::initializer_list<chat::user_id>{bob, {"peer-" + std::to_string(i)}});
  for (int i = 0; i < 10; ++i) REQUIRE(db.store->append(rows_for(rooms, 4'000)));
  const auto id = big[0].id();
  const auto often = [&](const char* what, std::size_t times, auto call) {
    REQUIRE(call());
    measure(label(what).c_str(), times, [&] {
      for (std::size_t i = 0; i < times; ++i) REQUIRE(call());
    });
  };
  often("page of 50 by ordinal, mid", 200, [&] {
    return db.store->messages(id, storage::ordinal_range{100'001, 100'050});
  });
  often("page of 50 by seq, newest", 200, [&] {
    return db.store->messages(id, storage::seq_window{0, 0, 50, true});
  });
  often("page of 50 by seq, after mid", 200, [&] {
    return db.store->messages(id, storage::seq_window{100'000, 0, 50, false});
  });
  often("catch-up of 50", 200, [&] { return db.store->entries_after(id, 100'000, 50); });
  often("load", 200, [&] { return db.store->load(id, 256); });
  often("find_send", 200, [&] { return db.store->find_send(id, alice, "key-77777"); });
  often("locate", 200, [&] { return db.store->locate({new_id()}); });
  often("chat list of 1, 204800 unread", 5, [&] { return db.store->chat_list(alice, {}, 50); });
  often("chat list of 50 of 2001", 20, [&] { return db.store->chat_list(bob, {}, 50); });
  std::vector<script> some;
  for (int i = 0; i < 50; ++i)
    some.emplace_back(*db.store, chat::conversation_type::direct,
                      std::initializer_list<chat::user_id>{carol, {"friend-" + std::to_string(i)}});
  REQUIRE(db.store->append(rows_for(some, 2'000)));
  for (std::size_t i = 5; i < some.size(); ++i) {
    const chat::cursor_row row{some[i].id(), carol, {99, noon, 99, noon}};
    REQUIRE(db.store->save_cursors({&row, 1}));
  }
  often("chat list of 50, 5 with unread", 100, [&] { return db.store->chat_list(carol, {}, 50); });
  often("chat list of all 2001", 5, [&] { return db.store->chat_list(bob, {}, 0); });
  often("contacts of 2001 conversations", 20, [&] { return db.store->contacts(bob, 200); });
}

TEST_CASE("conversations are made beside a worker that writes without pause", "[.bench]") {
  for (const bool take_turns : {false, true}) {
    database<sqlite_driver> db;
    const auto with = take_turns ? std::make_shared<storage::shared>() : storage::shared_ptr{};
    const auto worker = std::move(*storage::open_store(db.options, {}, with));
    const auto room = std::move(*storage::open_store(db.options, {}, with));
    std::vector<script> rooms;
    rooms.emplace_back(*db.store, alice, bob);
    std::atomic<bool> is_over = false;
    std::thread writing{[&] {
      while (!is_over) (void)worker->append(rows_for(rooms, 64));
    }};
    std::vector<double> took;
    int failed = 0;
    for (int i = 0; i < 300; ++i) {
      const auto start = steady::now();
      failed += room->create(plan(chat::conversation_type::group, {alice, bob})) ? 0 : 1;
      took.push_back(1e3 * seconds_since(start));
    }
    is_over = true;
    writing.join();
    std::sort(took.begin(), took.end());
    std::printf("create beside a busy worker, %s: p50 %.1f ms, p95 %.1f ms, max %.1f ms, %d failed\n",
                take_turns ? "in turn" : "as it comes", took[150], took[285], took[299], failed);
  }
}
