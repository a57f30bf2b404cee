#include "actors/storage/database.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

#include "tests/support/actor_world.hpp"

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using actors::any_result;
using actors::database_job;
using chat::errc;

namespace {

/// Jobs of a test, and what became of them.
struct desk_world : actor_world {
  struct state {
    bool is_open = false;
    int waiting = 0;
    std::vector<std::string> ran;
  };

  /// A job that does not end before open().
  auto stuck(std::chrono::milliseconds may_take = patience) -> database_job {
    return {[this](storage::store&) -> std::any {
              gate.change([](state& s) { ++s.waiting; });
              gate.until([](const state& s) { return s.is_open; });
              return 1;
            },
            may_take};
  }
  auto named(std::string name, std::chrono::milliseconds may_take = patience) -> database_job {
    return {[this, name](storage::store&) -> std::any {
              gate.change([&](state& s) { s.ran.push_back(name); });
              return 1;
            },
            may_take};
  }
  void open() {
    gate.change([](state& s) { s.is_open = true; });
  }
  auto is_stuck() -> bool {
    return gate.until([](const state& s) { return s.waiting > 0; });
  }

  /// @returns a function that waits for the outcome: errc::none for an answer
  auto begin(const caf::actor& desk, database_job job) {
    return [handle = self->request(desk, patience, std::move(job))]() mutable {
      auto code = errc::none;
      handle.receive([](const any_result&) {},
                     [&](const caf::error& why) { code = actors::error_of(why).code; });
      return code;
    };
  }

  awaited<state> gate;
  caf::scoped_actor self{system()};
};

}  // namespace

TEST_CASE("a job is answered when its patience ends, whoever stands before it, and is not run then",
          "[actors][database]") {
  desk_world world;
  for (const auto& desk : {world.env().readers, world.env().room_writer}) {
    world.gate.change([](auto& s) { s = {}; });
    auto first = world.begin(desk, world.stuck());
    REQUIRE(world.is_stuck());
    auto second = world.begin(desk, world.named("late", 1ms));
    CHECK(second() == errc::unavailable);
    world.open();
    CHECK(first() == errc::none);
    CHECK(world.begin(desk, world.named("next"))() == errc::none);
    CHECK(world.gate.copy().ran == std::vector<std::string>{"next"});
  }
}

TEST_CASE("a job that was begun and is late is unavailable as a read and unknown as a write",
          "[actors][database]") {
  desk_world world;
  const std::pair<caf::actor, errc> kinds[]{{world.env().readers, errc::unavailable},
                                            {world.env().room_writer, errc::unknown}};
  for (const auto& [desk, code] : kinds) {
    world.gate.change([](auto& s) { s = {}; });
    CHECK(world.begin(desk, world.stuck(1ms))() == code);
    world.open();
    CHECK(world.begin(desk, world.named("next"))() == errc::none);
  }
}

TEST_CASE("whoever waits at a desk that ends is told", "[actors][database]") {
  desk_world world;
  const auto desk = world.env().room_writer;
  auto begun = world.begin(desk, world.stuck());
  REQUIRE(world.is_stuck());
  auto waiting = world.begin(desk, world.named("never"));
  world.begin(world.env().readers, world.named("a read"))();  // both have reached the desk
  caf::anon_send_exit(desk, caf::exit_reason::user_shutdown);
  CHECK(begun() == errc::unknown);
  CHECK(waiting() == errc::unavailable);
  world.open();
}

TEST_CASE("writers run jobs of every patience in the order they came", "[actors][database]") {
  desk_world world;
  const auto desk = world.env().room_writer;
  auto first = world.begin(desk, world.stuck());
  REQUIRE(world.is_stuck());
  auto one = world.begin(desk, world.named("one", actors::background_patience));
  auto two = world.begin(desk, world.named("two"));
  auto three = world.begin(desk, world.named("three", actors::background_patience));
  world.open();
  first(), one(), two(), three();
  CHECK(world.gate.copy().ran == std::vector<std::string>{"one", "two", "three"});
}

TEST_CASE("a call is read before more than one of the background jobs that came before it",
          "[actors][database]") {
  desk_world world;
  const auto desk = world.env().readers;
  auto first = world.begin(desk, world.stuck());
  REQUIRE(world.is_stuck());
  std::vector<decltype(world.begin(desk, world.stuck()))> all;
  for (int i = 0; i < 5; ++i)
    all.push_back(world.begin(desk, world.named("background", actors::background_patience)));
  all.push_back(world.begin(desk, world.named("call", actors::call_patience)));
  world.open();
  first();
  for (auto& one : all) CHECK(one() == errc::none);
  const auto ran = world.gate.copy().ran;
  CHECK(std::find(ran.begin(), ran.end(), "call") - ran.begin() <= 1);
}

namespace {

/// An actor of the test's that asks as all actors do.
auto ask_through_an_actor(caf::actor_system& system, const caf::actor& desk)
    -> std::shared_ptr<awaited<std::vector<errc>>> {
  auto answers = std::make_shared<awaited<std::vector<errc>>>();
  // By arguments and not by captures: CAF 0.17.6 binds a reference to no tuple when there are none.
  const auto asker = [](caf::event_based_actor* self,
                        const std::shared_ptr<awaited<std::vector<errc>>>& answers,
                        const caf::actor& desk) {
    const auto take = [answers](const chat::expected<void>& got) {
      answers->change([&](auto& all) { all.push_back(got ? errc::none : got.error().code); });
    };
    const auto fails = [](storage::store&) -> chat::expected<void> {
      throw std::out_of_range{"a bug"};
    };
    actors::ask_database(self, desk, fails, take);
    actors::ask_database(self, desk, [](storage::store& store) { return store.ping(); }, take);
  };
  system.spawn(asker, answers, desk);
  return answers;
}

}  // namespace

TEST_CASE("a job that throws is answered, and the next one is run", "[actors][database]") {
  desk_world world;
  const auto answers = ask_through_an_actor(world.system(), world.env().room_writer);
  REQUIRE(answers->until([](const auto& all) { return all.size() == 2; }));
  CHECK(answers->copy() == std::vector{errc::unknown, errc::none});
}
