#include "actors/storage/write_queue.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>

using namespace parley;
using actors::write_queue;

namespace {

/// Three owners, and a queue of theirs.
struct owned_queue {
  auto spawn() -> caf::actor {
    // Without an argument CAF binds a reference to the tuple of them, which it never made.
    return system.spawn(
        [](caf::event_based_actor*, int) -> caf::behavior {
          return {[](int number) { return number; }};
        },
        0);
  }
  void push(std::size_t owner, std::uint64_t seq) {
    chat::entry what;
    what.seq = seq;
    queue.push(std::move(what), {owners[owner], 1, {}, false});
  }
  auto seqs() -> std::vector<std::uint64_t> {
    std::vector<std::uint64_t> found;
    for (const auto& e : queue.entries(queue.size())) found.push_back(e.seq);
    return found;
  }
  /// True when each origin still stands beside its entry: owner n has seqs n * 100 ...
  auto fits() -> bool {
    const auto entries = queue.entries(queue.size());
    const auto origins = queue.origins();
    for (std::size_t i = 0; i < entries.size(); ++i)
      if (origins[i].owner != owners[entries[i].seq / 100]) return false;
    return origins.size() == entries.size();
  }

  caf::actor_system_config config;
  caf::actor_system system{config};
  std::vector<caf::actor> owners{spawn(), spawn(), spawn()};
  write_queue queue;

  ~owned_queue() {
    queue.clear();
    for (const auto& each : owners) caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
  }
};

using numbers = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("a write queue gives entries in the order they came", "[actors][persistence]") {
  owned_queue t;
  CHECK(t.queue.is_empty());
  std::uint64_t next_in = 0;
  std::uint64_t next_out = 0;
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 7; ++i) t.push(0, next_in++ % 100);
    for (const auto& e : t.queue.entries(5)) REQUIRE(e.seq == next_out++ % 100);
    t.queue.drop(5);
    REQUIRE(t.queue.size() == next_in - next_out);
    REQUIRE(t.queue.origins().size() == t.queue.size());
  }
  t.queue.drop(t.queue.size());
  CHECK(t.queue.is_empty());
}

TEST_CASE("a write queue takes a batch out by owner and takes it back", "[actors][persistence]") {
  owned_queue t;
  t.push(2, 200);
  t.queue.drop(1);
  t.push(0, 1), t.push(1, 101), t.push(0, 2), t.push(2, 201);
  auto parts = t.queue.take_by_owner(3);
  CHECK(t.seqs() == numbers{201});
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].from.owner == t.owners[0]);
  CHECK(parts[0].entries.size() == 2);
  CHECK(parts[1].entries.size() == 1);
  parts.erase(parts.begin() + 1);  // settled
  t.queue.put_back(std::move(parts));
  CHECK(t.seqs() == numbers{1, 2, 201});
  CHECK(t.fits());
}

TEST_CASE("a write queue lets go of everything of one owner", "[actors][persistence]") {
  owned_queue t;
  t.push(1, 100);
  t.push(0, 1), t.push(1, 101), t.push(2, 201), t.push(0, 2), t.push(1, 102);
  t.queue.drop(1);
  CHECK(t.queue.drop_all_of({t.owners[0].id()}) == 2);
  CHECK(t.seqs() == numbers{101, 201, 102});
  CHECK(t.fits());
  CHECK(t.queue.drop_all_of({t.owners[0].id()}) == 0);
}
