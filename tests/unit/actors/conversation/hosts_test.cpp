#include <atomic>
#include <catch2/catch.hpp>

#include "actors/conversation/keeper.hpp"
#include "tests/support/actor_world.hpp"

using namespace parley;
using namespace parley::test;

namespace {

/// Counts how often it was given something to run.
class counting_host final : public actors::actor_host {
 public:
  explicit counting_host(caf::actor_system& system) : actors::actor_host(&system), thread_(system) {}

  void exec_later(caf::resumable* job) override {
    ++jobs;
    thread_.exec_later(job);
  }

  std::atomic<std::size_t> jobs{0};

 private:
  thread_host thread_;
};

}  // namespace

TEST_CASE("each conversation runs on the io thread of its id, and on no other", "[actors][hosts]") {
  actor_world world;
  counting_host one{world.system()};
  counting_host two{world.system()};
  const auto network = world.env().lanes.front().network;
  world.env().lanes = {{&one, network, {}, actors::spawn_keeper(world.system(), one, world.env())},
                       {&two, network, {}, actors::spawn_keeper(world.system(), two, world.env())}};
  for (const auto& lane : world.env().lanes) world.keep(lane.keeper.handle);
  {
    asking me{world.system()};
    for (int i = 0; i < 64; ++i) {
      const auto room = world.make_group({alice, bob});
      const auto& other = world.env().lane_of(room).host == &one ? two : one;
      const auto before = other.jobs.load();
      const auto owner = world.spawn_owner(world.home(), room);
      REQUIRE(me.ask(owner, caller_of(alice), chat::read_page{room, 1, 50}));
      CHECK(other.jobs == before);
    }
  }
  CHECK(one.jobs > 0);
  CHECK(two.jobs > 0);
  world.end();
}
