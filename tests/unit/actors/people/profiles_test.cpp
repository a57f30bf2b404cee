#include "actors/people/profiles.hpp"

#include <catch2/catch.hpp>

#include "tests/support/actor_world.hpp"

using namespace parley;
using namespace parley::test;

namespace {

struct profiles_world : actor_world {
  explicit profiles_world(const std::function<void(config::options&)>& adjust = {})
      : actor_world(adjust) {
    spawn();
  }
  void spawn() { env().profiles = keep(system().spawn<actors::profiles_actor>(env())); }

  void see(chat::profile who) { caf::anon_send(env().profiles, std::move(who)); }
  void settle() {
    asking me{system()};
    me.self()->request(env().profiles, patience, actors::settle{})
        .receive([](const chat::done&) {}, [](const caf::error&) { FAIL("not settled"); });
  }
  auto stored(const chat::user_id& user) -> chat::profile {
    return store().profiles({&user, 1})->front();
  }
};

}  // namespace

TEST_CASE("a profile is written once and again when it changes", "[actors][profiles]") {
  profiles_world world;
  world.see({alice, "Alice", "Adams", "", ""});
  world.settle();
  CHECK(world.stored(alice).first_name == "Alice");
  for (int i = 0; i < 10; ++i) world.see({alice, "Alice", "Adams", "", ""});
  world.settle();
  CHECK(world.home().rooms.calls("save_profiles") == 1);
  world.see({alice, "Alice", "Baker", "", ""});
  world.settle();
  CHECK(world.stored(alice).last_name == "Baker");
  CHECK(world.home().rooms.calls("save_profiles") == 2);
}

TEST_CASE("profiles that come while others are written share a transaction",
          "[actors][profiles]") {
  profiles_world world;
  world.home().rooms.hold("save_profiles");
  world.see({alice, "A", "", "", ""});
  REQUIRE(world.home().rooms.is_held("save_profiles"));
  world.see({bob, "B", "", "", ""});
  world.see({carol, "C", "", "", ""});
  world.see({bob, "B2", "", "", ""});
  world.home().rooms.let_go("save_profiles");
  world.settle();
  CHECK(world.stored(bob).first_name == "B2");
  CHECK(world.stored(carol).first_name == "C");
  CHECK(world.home().rooms.calls("save_profiles") <= 3);
}

TEST_CASE("a user whose tokens contradict each other is written so many times a minute",
          "[actors][profiles]") {
  profiles_world world{[](config::options& o) { o.limits.profiles_per_min = 2; }};
  for (int i = 0; i < 50; ++i) {
    world.see({alice, i % 2 == 0 ? "Alice" : "Bob", "", "", ""});
    world.settle();
  }
  CHECK(world.home().rooms.calls("save_profiles") == 2);
  CHECK(world.stored(alice).first_name == "Bob");
  world.see({bob, "B", "", "", ""});
  world.settle();
  CHECK(world.stored(bob).first_name == "B");
}

TEST_CASE("settling nothing is answered at once", "[actors][profiles]") {
  profiles_world world;
  world.settle();
  CHECK(world.home().rooms.calls("save_profiles") == 0);
}

TEST_CASE("settling waits for what there was, not for what comes later", "[actors][profiles]") {
  profiles_world world;
  auto& rooms = world.home().rooms;
  rooms.hold("save_profiles");
  world.see({alice, "A", "", "", ""});
  REQUIRE(rooms.is_held("save_profiles"));
  asking me{world.system()};
  auto settled = me.self()->request(world.env().profiles, patience, actors::settle{});
  for (int i = 0; i < 600; ++i) world.see({{"user-" + std::to_string(i)}, "B", "", "", ""});
  me.self()->request(world.env().profiles, std::chrono::milliseconds{1}, actors::settle{})
      .receive([](const chat::done&) { FAIL("nothing is stored yet"); }, [](const caf::error&) {});
  rooms.let_go("save_profiles");
  settled.receive([](const chat::done&) {}, [](const caf::error&) { FAIL("not settled"); });
  CHECK(world.stored(alice).first_name == "A");
  world.settle();
  CHECK(world.stored({"user-599"}).first_name == "B");
}
