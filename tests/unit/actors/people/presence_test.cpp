#include "actors/people/presence.hpp"

#include <catch2/catch.hpp>

#include "tests/support/actor_world.hpp"

using namespace parley;
using namespace parley::test;
using std::chrono::milliseconds;

namespace {

struct presence_world : actor_world {
  explicit presence_world(std::uint32_t grace_ms = 0, std::string scope = "contacts")
      : actor_world([=](config::options& o) {
          o.presence.grace_ms = grace_ms;
          o.presence.scope = scope;
        }) {
    env().presence = keep(system().spawn<actors::presence_actor>(env()));
    make_group({alice, bob});
    make_group({alice, carol});
  }

  void arrive(const chat::user_id& user, std::uint64_t connection) {
    caf::anon_send(env().presence, actors::arrived{user, 0, connection});
  }
  void depart(const chat::user_id& user, std::uint64_t connection, bool clean = false) {
    caf::anon_send(env().presence, actors::departed{user, 0, connection, clean});
  }
  auto presence_of(asking& me, const chat::user_id& asker, std::vector<chat::user_id> users) {
    return me.ask(env().presence, caller_of(asker), chat::get_presence{std::move(users)});
  }
  auto changes() const -> std::vector<bool> {
    std::vector<bool> told;
    for (const auto& one : log().notices)
      told.push_back(std::get<chat::presence_changed>(one.what).online);
    return told;
  }
  auto saw_changes(std::size_t count) -> bool {
    return until([count](const network_log& log) { return log.notices.size() >= count; });
  }
};

}  // namespace

TEST_CASE("a user is online with the first connection and offline after the last",
          "[actors][presence]") {
  presence_world world;
  asking me{world.system()};
  world.arrive(alice, 1);
  world.arrive(alice, 2);
  REQUIRE(world.saw_changes(1));
  CHECK(*world.log().notices[0].users == std::vector{bob, carol});
  world.depart(alice, 1);
  REQUIRE(world.presence_of(me, alice, {alice})->front().online);
  CHECK(world.changes() == std::vector{true});
  world.depart(alice, 2);
  REQUIRE(world.saw_changes(2));
  CHECK(world.changes() == std::vector{true, false});
}

TEST_CASE("offline waits for the grace time after a cut, not after a goodbye",
          "[actors][presence]") {
  presence_world world{3'600'000};
  asking me{world.system()};
  world.arrive(alice, 1);
  REQUIRE(world.saw_changes(1));
  world.depart(alice, 1, false);
  CHECK(world.presence_of(me, bob, {alice})->front().online);
  world.arrive(alice, 2);
  world.depart(alice, 2, true);
  REQUIRE(world.saw_changes(2));
  CHECK(world.changes() == std::vector{true, false});
}

TEST_CASE("a return within the grace time makes no event", "[actors][presence]") {
  presence_world world{300};
  asking me{world.system()};
  world.arrive(alice, 1);
  REQUIRE(world.saw_changes(1));
  world.depart(alice, 1);
  world.arrive(alice, 2);
  world.arrive(bob, 3);
  REQUIRE(world.saw_changes(2));
  world.depart(bob, 3);
  REQUIRE(world.saw_changes(3));  // bob's grace time began later than alice's, and is over
  std::size_t of_alice = 0;
  for (const auto& one : world.log().notices)
    of_alice += std::get<chat::presence_changed>(one.what).user == alice ? 1u : 0u;
  CHECK(of_alice == 1);
}

TEST_CASE("presence is answered in the order asked, to contacts only", "[actors][presence]") {
  presence_world world;
  asking me{world.system()};
  world.arrive(alice, 1);
  world.arrive(carol, 2);
  REQUIRE(world.saw_changes(2));
  const auto seen = world.presence_of(me, bob, {carol, alice, bob, dave});
  REQUIRE(seen);
  REQUIRE(seen->size() == 4);
  CHECK((*seen)[0].user == carol);
  CHECK_FALSE((*seen)[0].online);  // no conversation with bob
  CHECK_FALSE((*seen)[0].last_seen_at);
  CHECK((*seen)[1].online);
  CHECK_FALSE((*seen)[1].last_seen_at);
  CHECK_FALSE((*seen)[2].online);
  CHECK_FALSE((*seen)[3].last_seen_at);
  CHECK_FALSE(world.presence_of(me, bob, std::vector<chat::user_id>(201, alice)));
}

TEST_CASE("who has left was last seen then", "[actors][presence]") {
  presence_world world;
  asking me{world.system()};
  const auto before = chat::system_clock().now();
  world.arrive(alice, 1);
  REQUIRE(world.saw_changes(1));
  world.depart(alice, 1, true);
  REQUIRE(world.saw_changes(2));
  const auto seen = world.presence_of(me, bob, {alice});
  REQUIRE(seen);
  CHECK_FALSE(seen->front().online);
  CHECK(seen->front().last_seen_at >= before);
  REQUIRE(world.home().rooms.saw_calls("save_last_seen", 1));
}

TEST_CASE("the scope says who hears of whom", "[actors][presence]") {
  presence_world everyone{0, "all"};
  everyone.arrive(dave, 1);
  REQUIRE(everyone.saw_changes(1));
  CHECK_FALSE(everyone.log().notices[0].users);

  presence_world nobody{0, "off"};
  asking me{nobody.system()};
  nobody.arrive(alice, 1);
  CHECK_FALSE(nobody.presence_of(me, bob, {alice})->front().online);
  CHECK(nobody.log().notices.empty());
}

TEST_CASE("a change while contacts are looked up is told once, as it is then",
          "[actors][presence]") {
  presence_world world;
  asking me{world.system()};
  world.home().reads.hold("contacts");
  world.arrive(alice, 1);
  REQUIRE(world.home().reads.is_held("contacts"));
  world.depart(alice, 1, true);
  world.arrive(alice, 2);
  world.depart(alice, 2, true);
  world.arrive(alice, 3);
  world.home().reads.let_go("contacts");
  REQUIRE(world.saw_changes(1));
  CHECK(world.presence_of(me, alice, {alice})->front().online);
  CHECK(world.changes() == std::vector{true});
}
