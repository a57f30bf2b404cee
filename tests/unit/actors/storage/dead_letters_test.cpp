#include <catch2/catch.hpp>

#include "actors/storage/writer.hpp"
#include "storage/open.hpp"
#include "tests/contract/poison.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/expectations.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;
using strings = std::vector<std::string>;

namespace {

/// A world on a database of `Driver` that refuses every message "poison" by a rule of its own.
template <class Driver>
struct poisoned_world {
  poisoned_world() : world([this](config::options& o) { o.storage.url = driver.url(); }) {
    refuse_poison(world.env().options.storage);
  }

  /// What is stored of a conversation but its creation.
  auto said(chat::conversation_id id) -> strings {
    auto texts = texts_of(world.history(id));
    texts.erase(texts.begin());
    return texts;
  }
  auto letters() -> std::vector<storage::dead_letter> {
    auto found = world.store().dead_letters({}, 50);
    REQUIRE(found);
    return std::move(*found);
  }

  Driver driver;
  actor_world world;
};

}  // namespace

TEMPLATE_TEST_CASE("a row that the database refuses becomes a dead letter, its batch goes through",
                   "[actors][persistence][dead_letters]", sqlite_driver, mariadb_driver) {
  poisoned_world<TestType> t;
  auto& world = t.world;
  asking me{world.system()};
  const auto room = world.make_group({alice, bob});
  const auto other = world.make_group({alice, bob});
  const auto third = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  const auto other_owner = world.spawn_owner(world.home(), other);
  const auto blocker_owner = world.spawn_owner(world.home(), third);
  REQUIRE(me.ask(owner, caller_of(alice), say(room, "a1")));
  REQUIRE(me.ask(other_owner, caller_of(alice), say(other, "b1")));
  CHECK(world.metrics().dead_letters.Value() == 0);

  auto& writes = world.home().writes;
  writes.hold("append");
  auto blocker = me.begin(blocker_owner, caller_of(alice), say(third, "blocker"));
  REQUIRE(writes.is_held("append"));
  auto before = me.begin(owner, caller_of(alice), say(room, "a2"));
  auto poison = me.begin(owner, caller_of(bob), say(room, "poison", "key"));
  auto behind = me.begin(owner, caller_of(alice), say(room, "a3"));
  auto beside = me.begin(other_owner, caller_of(alice), say(other, "b2"));
  // All are in the writer's mailbox once their owners have answered something later.
  REQUIRE(me.ask(owner, caller_of(alice), chat::mark{room, chat::message_status::read, 0}));
  REQUIRE(me.ask(other_owner, caller_of(alice), chat::mark{other, chat::message_status::read, 0}));
  writes.let_go("append");

  CHECK(blocker());
  CHECK(before());
  CHECK(beside());
  const auto refused = poison();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code != no_answer);
  CHECK(behind());
  CHECK(t.said(room) == strings{"a1", "a2", "a3"});
  CHECK(t.said(other) == strings{"b1", "b2"});
  const auto letters = t.letters();
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].entry.content == "poison");
  CHECK(letters[0].entry.conversation == room);
  CHECK(letters[0].entry.actor == bob);
  CHECK(letters[0].entry.client_message_id == "key");
  CHECK(letters[0].reason.find("poison") == std::string::npos);
  CHECK(world.metrics().dead_letters.Value() == 1);
}

TEMPLATE_TEST_CASE("an owner goes on behind a letter that was posted beside it",
                   "[actors][persistence][dead_letters]", sqlite_driver, mariadb_driver) {
  poisoned_world<TestType> t;
  auto& world = t.world;
  asking me{world.system()};
  const auto room = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  REQUIRE(me.ask(owner, caller_of(alice), say(room, "one")));
  REQUIRE_FALSE(me.ask(owner, caller_of(alice), say(room, "poison")));
  const auto letters = t.letters();
  REQUIRE(letters.size() == 1);
  allow_poison(world.env().options.storage);
  const auto place = world.store().retry_dead_letter(letters[0].entry.id, after_noon(0));
  REQUIRE(place);
  CHECK(place->seq == 3);
  const auto next = me.ask(owner, caller_of(alice), say(room, "two"));
  REQUIRE(next);
  CHECK(next->seq == 4);
  CHECK(t.said(room) == strings{"one", "poison", "two"});
  CHECK(t.letters().empty());
}
