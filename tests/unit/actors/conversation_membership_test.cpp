// Members who come and go while others write: who hears and reads what.

#include <catch2/catch.hpp>

#include <algorithm>

#include "actors/conversation.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/expectations.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;

namespace {

auto entry_at(chat::conversation_id room, std::uint64_t seq, chat::entry_kind kind,
              const chat::user_id& by) -> chat::entry {
  chat::entry one;
  one.conversation = room;
  one.seq = seq;
  one.kind = kind;
  one.id = chat::message_id{chat::system_ids().next(noon)};
  one.actor = by;
  one.created_at = noon;
  return one;
}

auto role_of(actor_world& world, chat::conversation_id room, const chat::user_id& user)
    -> chat::member_role {
  const auto record = world.store().load(room, 1);
  REQUIRE(record);
  for (const auto& m : (*record)->members)
    if (m.user == user) return m.role;
  FAIL("no such member");
  return {};
}

/// Until an addition under way is decided: who may be added is asked of the store first.
void until_member(asking& me, const caf::actor& owner, chat::conversation_id room,
                  const chat::user_id& user) {
  constexpr int patience = 100'000;
  for (int i = 0; i < patience; ++i)
    if (me.ask(owner, caller_of(user), chat::typing{room, false})) return;
  FAIL("the addition was never decided");
}

}  // namespace

TEST_CASE("a group whose owner left without a successor elects one when it is loaded",
          "[actors][membership]") {
  actor_world world;
  const auto room = world.make_group({alice, bob, carol});
  auto left = entry_at(room, 2, chat::entry_kind::removed, alice);
  left.subjects = {alice};
  REQUIRE(world.store().append({&left, 1}));  // and the role entry was lost
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  REQUIRE(me.ask(owner, caller_of(bob), chat::rename{room, "ours"}));
  CHECK(role_of(world, room, bob) == chat::member_role::owner);
  REQUIRE(world.saw<chat::role_changed>());
  const auto changed = shown_events<chat::role_changed>(world.log());
  REQUIRE(changed.size() == 1);
  CHECK(changed[0].user == bob);
  CHECK(changed[0].seq == 3);
}

TEST_CASE("a successor whose election is not stored is elected again",
          "[actors][membership][reload]") {
  actor_world world;
  const auto room = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  auto& writes = world.home().writes;
  writes.hold("append");
  auto filler = me.begin(owner, caller_of(alice), say(room, "one"));
  REQUIRE(writes.is_held("append"));
  auto leaving = me.begin(owner, caller_of(alice), chat::remove_participant{room, alice});
  REQUIRE(me.ask(owner, caller_of(bob), chat::typing{room, false}));  // both have arrived
  // The batch of both is taken apart; the leaving is stored, the election collides.
  using enum fault;
  writes.plan({none, refused, refused, none, duplicate, duplicate});
  writes.let_go("append");
  REQUIRE(filler());
  REQUIRE(leaving());
  REQUIRE(world.saw<chat::role_changed>());
  REQUIRE(me.ask(owner, caller_of(bob), chat::rename{room, "ours"}));
  CHECK(world.metrics().reloads.Value() == 1);
  CHECK(role_of(world, room, bob) == chat::member_role::owner);
  const auto history = world.history(room);
  CHECK(seqs_of(history) == range(1, history.size()));
}

TEST_CASE("an election that the store refuses for good is not tried again",
          "[actors][membership][reload]") {
  actor_world world;
  const auto room = world.make_group({alice, bob});
  auto left = entry_at(room, 2, chat::entry_kind::removed, alice);
  left.subjects = {alice};
  REQUIRE(world.store().append({&left, 1}));
  world.home().writes.poison("owner");  // what the role entry says
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  (void)me.ask(owner, caller_of(bob), say(room, "one"));  // posted while the election is under way
  REQUIRE(me.ask(owner, caller_of(bob), say(room, "two")));
  CHECK(world.metrics().reloads.Value() == 1);
}

TEST_CASE("a join that rests on an addition takes effect behind it", "[actors][membership]") {
  actor_world world;
  const auto room = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  REQUIRE(me.ask(owner, caller_of(bob, 7), chat::join{room}));
  world.home().writes.hold("append");
  auto removed = me.begin(owner, caller_of(alice), chat::remove_participant{room, bob});
  REQUIRE(world.home().writes.is_held("append"));
  auto added = me.begin(owner, caller_of(alice), chat::add_participants{room, {bob}});
  until_member(me, owner, room, bob);
  auto again = me.begin(owner, caller_of(bob, 7), chat::join{room});
  REQUIRE(me.ask(owner, caller_of(alice), chat::typing{room, false}));  // it has arrived
  REQUIRE(world.until([](const network_log& log) { return !log.subscribed.empty(); }));
  CHECK(world.log().subscribed.size() == 1);
  world.home().writes.let_go("append");
  CHECK(removed());
  CHECK(added());
  CHECK(again());
  CHECK(world.until([](const network_log& log) { return log.subscribed.size() == 2; }));
  CHECK(world.saw<chat::participants_added>());
}

TEST_CASE("a join that rests on an addition is refused with it", "[actors][membership]") {
  actor_world world{[](auto& o) { o.storage.give_up_ms = 100; }};
  const auto room = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  REQUIRE(me.ask(owner, caller_of(alice), say(room, "one")));
  world.home().writes.cut_appends(true);
  auto added = me.begin(owner, caller_of(alice), chat::add_participants{room, {carol}});
  until_member(me, owner, room, carol);
  const auto joined = me.ask(owner, caller_of(carol, 9), chat::join{room});
  REQUIRE_FALSE(joined);
  CHECK(joined.error().code == errc::unavailable);
  CHECK_FALSE(added());
  CHECK(world.log().subscribed.empty());
  world.home().writes.cut_appends(false);
}

TEST_CASE("rows that were asked for before a removal are not handed over after it",
          "[actors][membership][removal]") {
  for (const auto delivery : {config::delivery_mode::stored, config::delivery_mode::immediate}) {
    actor_world world{[&](auto& o) { o.delivery = delivery; }};
    const auto room = world.make_group({alice, bob});
    const auto owner = world.spawn_owner(world.home(), room);
    asking me{world.system()};
    REQUIRE(me.ask(owner, caller_of(alice), say(room, "one")));
    world.home().reads.hold("messages");
    auto page = me.begin(owner, caller_of(bob), chat::read_page{room, 1, 50});
    REQUIRE(world.home().reads.is_held("messages"));
    chat::read_stretch newer;
    newer.conversation = room;
    newer.after_given = true;
    auto stretch = me.begin(owner, caller_of(bob), newer);
    auto caught = me.begin(owner, caller_of(bob), chat::catch_up{room, 0, {}});
    REQUIRE(me.ask(owner, caller_of(alice), chat::remove_participant{room, bob}));
    REQUIRE(me.ask(owner, caller_of(alice), say(room, "not for bob")));
    world.home().reads.let_go("messages");
    CHECK(page().error().code == errc::not_found);
    CHECK(stretch().error().code == errc::not_found);
    const auto got = caught();
    REQUIRE(got);
    CHECK_FALSE(got->recovered);
    CHECK(got->entries.empty());
    CHECK(got->last_seq == 0);
  }
}

TEST_CASE("rows that were asked for before a removal and a return end where they were asked",
          "[actors][membership][removal]") {
  actor_world world;
  const auto room = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  REQUIRE(me.ask(owner, caller_of(alice), say(room, "one")));
  world.home().reads.hold("entries_after");
  auto caught = me.begin(owner, caller_of(bob), chat::catch_up{room, 0, {}});
  REQUIRE(world.home().reads.is_held("entries_after"));
  REQUIRE(me.ask(owner, caller_of(alice), say(room, "later")));
  world.home().reads.let_go("entries_after");
  const auto got = caught();
  REQUIRE(got);
  CHECK(got->recovered);
  CHECK(got->last_seq == 2);
  CHECK(texts_of(got->entries) == std::vector<std::string>{"", "one"});
}
