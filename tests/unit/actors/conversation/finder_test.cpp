#include "actors/conversation/finder.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <optional>

#include "tests/support/actor_world.hpp"
#include "tests/support/thread_host.hpp"

using namespace parley;
using namespace parley::test;

namespace {

/// What a registry says: one owner, whoever is asked for; null: an error.
struct registry_script {
  caf::actor owner;
  std::atomic<int> asked = 0;
};

class scripted_registry : public caf::event_based_actor {
 public:
  scripted_registry(caf::actor_config& config, registry_script& script)
      : caf::event_based_actor(config), script_(script) {}
  auto make_behavior() -> caf::behavior override {
    return {[this](const actors::find_conversation&) -> caf::result<caf::actor> {
      ++script_.asked;
      if (!script_.owner) return caf::make_error(caf::sec::runtime_error);
      return script_.owner;
    }};
  }

 private:
  registry_script& script_;
};

/// Only its address matters.
class somebody : public caf::event_based_actor {
 public:
  using caf::event_based_actor::event_based_actor;
  auto make_behavior() -> caf::behavior override { return {[](int) {}}; }
};

/// A finder, and what it asks.
struct finder_world : actor_world, registry_script {
  finder_world() {
    registry_script& script = *this;
    env().registry = keep(system().spawn<scripted_registry>(std::ref(script)));
    way = actors::spawn_finder(system(), host, env());
    finder = keep(way.handle);
  }
  ~finder_world() {
    owner = nullptr;
    finder = nullptr;
    way = {};
    me.reset();
    end();
  }

  /// Who the finder says it is, once it has done all that it was told before.
  auto found(chat::conversation_id id) -> caf::actor {
    caf::actor answer;
    me->self()->request(finder, patience, actors::find_conversation{id})
        .receive([&](const caf::actor& who) { answer = who; }, [](const caf::error&) {});
    return answer;
  }
  auto known() -> actors::conversation_finder& {
    return *way.object;
  }
  /// What a session is told that has seen every departure.
  auto known_to_all(chat::conversation_id id) -> caf::actor {
    return known().owner_of(id, known().departures());
  }
  auto new_owner() -> caf::actor { return keep(system().spawn<somebody>()); }

  thread_host host{system()};
  std::optional<asking> me{system()};  ///< counts as an actor that runs
  actors::resident<actors::conversation_finder> way;
  caf::actor finder;
};

}  // namespace

TEST_CASE("a way is asked for once and shared", "[actors][finder]") {
  finder_world world;
  world.owner = world.new_owner();
  const chat::conversation_id room{world.env().ids.next(world.env().clock.now())};
  CHECK(world.known_to_all(room) == nullptr);
  CHECK(world.found(room) == world.owner);
  CHECK(world.found(room) == world.owner);
  CHECK(world.known_to_all(room) == world.owner);
  CHECK(world.asked == 1);
}

// Who has seen this departure takes it that nothing it sent to that owner is still to bounce.
TEST_CASE("an owner has departed when the registry says so, not when a command bounces",
          "[actors][finder]") {
  finder_world world;
  world.owner = world.new_owner();
  const chat::conversation_id room{world.env().ids.next(world.env().clock.now())};
  const auto first = world.found(room);
  world.known().forget(room, first.id());
  CHECK(world.known_to_all(room) == nullptr);
  CHECK(world.known().departures() == 0);
  caf::anon_send(world.finder, actors::conversation_retired{room, first.id()});
  world.owner = world.new_owner();
  CHECK(world.found(room) == world.owner);
  CHECK(world.known().departures() == 1);
}

TEST_CASE("who has not seen the departure asks for the successor, and for nobody else",
          "[actors][finder]") {
  finder_world world;
  const auto other_owner = world.owner = world.new_owner();
  const chat::conversation_id other{world.env().ids.next(world.env().clock.now())};
  CHECK(world.found(other) == other_owner);
  const auto first = world.owner = world.new_owner();
  const chat::conversation_id room{world.env().ids.next(world.env().clock.now())};
  CHECK(world.found(room) == first);
  const auto seen = world.known().departures();
  caf::anon_send(world.finder, actors::conversation_retired{room, first.id()});
  world.owner = world.new_owner();
  CHECK(world.found(room) == world.owner);
  CHECK(world.known().owner_of(room, seen) == nullptr);
  CHECK(world.known().owner_of(room, seen + 1) == world.owner);
  CHECK(world.known().owner_of(other, seen) == other_owner);
}

TEST_CASE("the end of an earlier owner leaves its successor known", "[actors][finder]") {
  finder_world world;
  world.owner = world.new_owner();
  const chat::conversation_id room{world.env().ids.next(world.env().clock.now())};
  const auto now = world.found(room);
  caf::anon_send(world.finder, actors::conversation_retired{room, now.id() + 1'000});
  CHECK(world.found(room) == now);
  CHECK(world.asked == 1);
}

TEST_CASE("a registry that fails leaves nothing behind", "[actors][finder]") {
  finder_world world;
  const chat::conversation_id room{world.env().ids.next(world.env().clock.now())};
  CHECK(world.found(room) == nullptr);
  CHECK(world.known_to_all(room) == nullptr);
}
