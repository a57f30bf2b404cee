#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <barrier>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"
#include "tests/support/galera.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;

// Two members of one Galera cluster, with PARLEY_TEST_GALERA set: what no single server can show.

namespace {

/// Two stores, each at another member, that append at the same moment.
struct race {
  race() { REQUIRE(std::getenv("PARLEY_TEST_GALERA") != nullptr); }

  /// @returns what became of `mine` and of `theirs`
  auto run(std::span<const chat::entry> mine, std::span<const chat::entry> theirs)
      -> std::pair<chat::expected<void>, chat::expected<void>> {
    std::barrier start{2};
    chat::expected<void> second;
    std::thread other{[&] {
      start.arrive_and_wait();
      second = there->append(theirs);
    }};
    start.arrive_and_wait();
    auto first = db.store->append(mine);
    other.join();
    return {std::move(first), std::move(second)};
  }

  database<mariadb_driver> db;
  std::unique_ptr<storage::store> there = db.another();
};

}  // namespace

TEST_CASE("of two members that store the same places, exactly one reports them as stored",
          "[.galera]") {
  race two;
  script room{*two.db.store, chat::conversation_type::group, {alice, bob}};
  int won_here = 0;
  constexpr int rounds = 400;
  constexpr std::array<std::size_t, 7> sizes{1, 4, 7, 16, 64, 100, 256};
  for (int round = 0; round < rounds; ++round) {
    auto rival = room;
    const auto before = room.last_seq;
    const auto size = sizes[static_cast<std::size_t>(round) % sizes.size()];
    const auto mine = room.messages(alice, size);
    const auto theirs = rival.messages(bob, size);
    const auto [first, second] = two.run(mine, theirs);
    INFO("round " << round << " of " << size << " rows");
    REQUIRE(first.has_value() != second.has_value());
    CHECK((first ? second : first).error().code == errc::duplicate);
    const auto& winner = first ? alice : bob;
    won_here += first ? 1 : 0;
    for (auto* store : {two.db.store.get(), two.there.get()}) {
      const auto found = store->entries_after(room.id(), before, 1'000);
      REQUIRE(found);
      REQUIRE(found->size() == size);
      REQUIRE(std::all_of(found->begin(), found->end(), [&](auto& e) { return e.actor == winner; }));
    }
  }
  // Neither always first: they did meet.
  CHECK(won_here > rounds / 20);
  CHECK(won_here < rounds - rounds / 20);
}

TEST_CASE("what one member committed is read at once at another", "[.galera]") {
  race two;
  script room{*two.db.store, chat::conversation_type::group, {alice, bob}};
  for (int round = 0; round < 500; ++round) {
    const auto batch = room.messages(alice, 64);
    REQUIRE(two.db.store->append(batch));
    const auto found = two.there->entries_after(room.id(), room.last_seq - 64, 1'000);
    REQUIRE(found);
    REQUIRE(found->size() == 64);
  }
}

TEST_CASE("a member without its cluster refuses reads and writes", "[.galera]") {
  // Not `shared()`: two of these are stopped for good.
  galera cluster;
  config::storage_options options;
  options.url = cluster.member(0).new_database();
  REQUIRE(storage::migrate_up(options));
  const auto store = opened(options);
  script room{*store, alice, bob};
  REQUIRE(store->append(room.messages(alice, 4)));
  cluster.member(1).kill9();
  cluster.member(2).kill9();
  const auto lost = [&] {
    const auto answer = store->append(room.messages(alice, 1));
    if (answer) return false;  // it has not noticed yet
    CHECK((answer.error().code == errc::unavailable || answer.error().code == errc::unknown));
    return answer.error().detail.find("has lost its cluster") != std::string::npos;
  };
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!lost()) REQUIRE(std::chrono::steady_clock::now() < end);
  const auto read = store->entries_after(room.id(), 0, 100);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == errc::unavailable);
  CHECK_FALSE(store->ping());
}
