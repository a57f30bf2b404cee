// The wall clock is set back and forth under load: times within a conversation never go back, and
// neither order, nor succession, nor what is handed over looks at it.

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "tests/contract/drivers.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/expectations.hpp"

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

namespace {

/// How far the clock is ahead, one after the other: steps of 1 s, 30 min and 3 days both ways.
const std::vector<std::chrono::milliseconds> steps{0s,   -1s,     0s,   1s,  0s,  -30min,
                                                   0min, 30min,   0min, -72h, 0h, 72h, 0h};

template <class Driver>
struct stepping {
  auto clock() -> settable_clock& { return world.home().clock; }

  /// The owner leaves memory and the next one loads what is stored.
  void reload(caf::actor& owner, chat::conversation_id room) {
    REQUIRE(world.backlog_empties());
    const auto last = world.history(room).size();
    REQUIRE(world.until([&](const network_log& log) {
      const auto shown = shown_seqs(log, owner.id());
      return shown.empty() || shown.back() == last;
    }));
    me.self()->monitor(owner);
    me.self()->send(owner, actors::retire{});
    bool gone = false;
    me.self()->receive([&](const caf::down_msg& down) { gone = down.source == owner; },
                       caf::after(patience) >> [] {});
    REQUIRE(gone);
    owner = world.spawn_owner(world.home(), room);
  }

  Driver driver;
  actor_world world{[this](auto& o) {
    o.storage.url = driver.url();
    o.limits.enabled = false;
  }};
  asking me{world.system()};
};

}  // namespace

TEMPLATE_TEST_CASE("times within a conversation never go back, whatever the clock does",
                   "[actors][clock]", sqlite_driver, mariadb_driver) {
  stepping<TestType> t;
  const auto room = t.world.make_group({alice, bob});
  auto owner = t.world.spawn_owner(t.world.home(), room);
  for (const auto ahead : steps) {
    t.clock().set_ahead(ahead);
    std::vector<awaited_post> answers;
    for (int i = 0; i < 30; ++i) {
      if (i == 15) t.clock().set_ahead(ahead - 1s);
      answers.push_back(t.me.begin(owner, caller_of(i % 2 == 0 ? alice : bob), say(room, "x")));
    }
    std::vector<chat::posted> posted;
    for (auto& answer : answers) {
      const auto got = answer();
      REQUIRE(got);
      posted.push_back(*got);
    }
    REQUIRE(t.me.ask(owner, caller_of(alice), chat::edit_message{posted[0].id, "y"}));
    REQUIRE(t.me.ask(owner, caller_of(bob), chat::mark{room, chat::message_status::read, 0}));
    if (ahead.count() <= 0) t.reload(owner, room);
  }
  const auto history = t.world.history(room);
  CHECK(seqs_of(history) == range(1, history.size()));
  CHECK(std::is_sorted(history.begin(), history.end(), [](const auto& a, const auto& b) {
    return a.created_at < b.created_at;
  }));
  chat::timestamp last;
  for (const auto& one : shown_events<chat::message_posted>(t.world.log())) {
    CHECK(one.message.created_at >= last);
    last = one.message.created_at;
  }
  for (const auto& one : shown_events<chat::receipt>(t.world.log()))
    CHECK(one.at >= history[one.up_to_seq - 1].created_at);
}

TEMPLATE_TEST_CASE("the longest-standing member succeeds, whatever the clock said when it came",
                   "[actors][clock]", sqlite_driver, mariadb_driver) {
  // In the order in which they come, which is no order of names.
  const std::vector<chat::user_id> comers{{"zoe"}, {"kim"}, {"max"}, {"amy"}, {"tom"},
                                          {"eve"}, {"sam"}, {"ida"}, {"pit"}};
  stepping<TestType> t;
  const auto room = t.world.make_group({alice});
  auto owner = t.world.spawn_owner(t.world.home(), room);
  for (std::size_t i = 0; i < comers.size(); ++i) {
    t.clock().set_ahead(steps[(i + 5) % steps.size()]);
    REQUIRE(t.me.ask(owner, caller_of(alice), chat::add_participants{room, {comers[i]}}));
    if (i % 3 == 2) t.reload(owner, room);
  }
  t.clock().set_ahead(0s);
  chat::user_id leaving = alice;
  for (const auto& heir : comers) {
    t.reload(owner, room);
    REQUIRE(t.me.ask(owner, caller_of(leaving), chat::remove_participant{room, leaving}));
    INFO(heir.value << " follows " << leaving.value);
    CHECK(t.me.ask(owner, caller_of(heir), chat::rename{room, heir.value}));
    leaving = heir;
  }
}

TEMPLATE_TEST_CASE("whoever takes what waited a part at a time gets all of it, in order",
                   "[actors][clock]", sqlite_driver, mariadb_driver) {
  stepping<TestType> t;
  const std::vector<chat::conversation_id> rooms{t.world.make_direct(alice, bob),
                                                 t.world.make_group({carol, bob})};
  std::map<chat::conversation_id, std::vector<std::uint64_t>> sent, taken;
  std::vector<caf::actor> owners;
  for (const auto& room : rooms) owners.push_back(t.world.spawn_owner(t.world.home(), room));
  for (const auto ahead : steps) {
    t.clock().set_ahead(ahead);
    for (int i = 0; i < 20; ++i)
      for (std::size_t at = 0; at < rooms.size(); ++at) {
        const auto posted = t.me.ask(owners[at], caller_of(at == 0 ? alice : carol),
                                     say(rooms[at], "x"));
        REQUIRE(posted);
        sent[rooms[at]].push_back(posted->seq);
      }
  }
  const auto settle = [&] {
    for (const auto& writer : t.world.env().writers)
      t.me.self()->request(writer, patience, actors::settle{})
          .receive([](const chat::done&) {}, [](const caf::error&) { FAIL("not settled"); });
  };
  for (;;) {
    const auto found = t.world.store().undelivered(bob, 50);
    REQUIRE(found);
    if (found->empty()) break;
    std::map<chat::conversation_id, std::uint64_t> newest;
    for (const auto& e : *found) {
      taken[e.conversation].push_back(e.seq);
      newest[e.conversation] = e.seq;
    }
    for (std::size_t at = 0; at < rooms.size(); ++at)
      if (newest.contains(rooms[at]))
        REQUIRE(t.me.ask(owners[at], caller_of(bob),
                         chat::claim_delivered{rooms[at], newest[rooms[at]]}));
    settle();
  }
  CHECK(taken == sent);
}
