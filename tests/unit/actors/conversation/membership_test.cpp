// Members who come and go while others write: who hears and reads what.

#include <catch2/catch.hpp>

#include <algorithm>

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

TEST_CASE_METHOD(group_world, "a successor whose election is not stored is elected again",
                 "[actors][membership][reload]") {
  auto& writes = home().writes;
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
  REQUIRE(saw<chat::role_changed>());
  REQUIRE(me.ask(owner, caller_of(bob), chat::rename{room, "ours"}));
  CHECK(metrics().reloads.Value() == 1);
  CHECK(role_of(*this, room, bob) == chat::member_role::owner);
  const auto history = this->history(room);
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

TEST_CASE_METHOD(group_world, "a join that rests on an addition takes effect behind it",
                 "[actors][membership]") {
  REQUIRE(me.ask(owner, caller_of(bob, 7), chat::join{room}));
  home().writes.hold("append");
  auto removed = me.begin(owner, caller_of(alice), chat::remove_participant{room, bob});
  REQUIRE(home().writes.is_held("append"));
  auto added = me.begin(owner, caller_of(alice), chat::add_participants{room, {bob}});
  until_member(me, owner, room, bob);
  auto again = me.begin(owner, caller_of(bob, 7), chat::join{room});
  REQUIRE(me.ask(owner, caller_of(alice), chat::typing{room, false}));  // it has arrived
  REQUIRE(until([](const network_log& log) { return !log.subscribed.empty(); }));
  CHECK(log().subscribed.size() == 1);
  home().writes.let_go("append");
  CHECK(removed());
  CHECK(added());
  CHECK(again());
  CHECK(until([](const network_log& log) { return log.subscribed.size() == 2; }));
  CHECK(saw<chat::participants_added>());
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

TEST_CASE_METHOD(group_world,
                 "rows that were asked for before a removal and a return end where they were asked",
                 "[actors][membership][removal]") {
  REQUIRE(me.ask(owner, caller_of(alice), say(room, "one")));
  home().reads.hold("entries_after");
  auto caught = me.begin(owner, caller_of(bob), chat::catch_up{room, 0, {}});
  REQUIRE(home().reads.is_held("entries_after"));
  REQUIRE(me.ask(owner, caller_of(alice), say(room, "later")));
  home().reads.let_go("entries_after");
  const auto got = caught();
  REQUIRE(got);
  CHECK(got->recovered);
  CHECK(got->last_seq == 2);
  CHECK(texts_of(got->entries) == std::vector<std::string>{"", "one"});
}

TEST_CASE_METHOD(group_world, "a position of an earlier membership is never recovered",
                 "[actors][membership][catch-up]") {
  std::vector<chat::uuid> ids(2);
  const auto post = [&](const std::string& text) {
    const auto posted = me.ask(owner, caller_of(alice), say(room, text));
    REQUIRE(posted);
    REQUIRE(posted->seq == ids.size());
    ids.push_back(posted->id.value);
  };
  const auto change = [&](bool adds) {
    if (adds)
      REQUIRE(me.ask(owner, caller_of(alice), chat::add_participants{room, {bob}}));
    else
      REQUIRE(me.ask(owner, caller_of(alice), chat::remove_participant{room, bob}));
    ids.emplace_back();
  };
  const auto caught = [&](std::uint64_t after, chat::uuid id = {}) {
    const auto got = me.ask(owner, caller_of(bob), chat::catch_up{room, after, id});
    REQUIRE(got);
    return *got;
  };
  std::uint64_t joined = 0;
  for (int membership = 0; membership < 3; ++membership) {
    post("while a member");
    post("while a member");
    const auto last = ids.size() - 1;
    for (std::uint64_t seq = 1; seq <= last; ++seq) {
      INFO("after " << seq << ", a member since " << joined);
      CHECK(caught(seq).recovered == (seq >= joined));
      if (!ids[seq].is_nil()) CHECK(caught(seq, ids[seq]).recovered == (seq > joined));
      CHECK_FALSE(caught(seq, chat::system_ids().next(noon)).recovered);
    }
    CHECK(caught(0).recovered);
    CHECK(seqs_of(caught(0).entries) == range(joined + 1, last));
    post("the last that is seen");
    change(false);
    CHECK_FALSE(caught(last).recovered);
    post("while away");
    change(true);
    joined = ids.size() - 1;
  }
}

TEST_CASE_METHOD(group_world, "an edit or deletion is told to those who may see the message",
                 "[actors][membership]") {
  const auto early = me.ask(owner, caller_of(alice), say(room, "secret"));
  REQUIRE(early);
  REQUIRE(me.ask(owner, caller_of(alice), chat::add_participants{room, {carol}}));
  const auto late = me.ask(owner, caller_of(alice), say(room, "for all"));
  REQUIRE(late);
  REQUIRE(me.ask(owner, caller_of(alice), chat::edit_message{early->id, "the secret"}));
  REQUIRE(me.ask(owner, caller_of(alice), chat::edit_message{late->id, "for you all"}));
  REQUIRE(me.ask(owner, caller_of(alice), chat::delete_message{early->id}));
  REQUIRE(saw_fan_outs(6));
  const auto hearers = [&](std::size_t at) { return *log().fan_outs[at].what.participants; };
  CHECK(hearers(3) == std::vector{alice, bob});
  CHECK(hearers(4) == std::vector{alice, bob, carol});
  CHECK(hearers(5) == std::vector{alice, bob});
  const auto caught = me.ask(owner, caller_of(carol), chat::catch_up{room, 0, {}});
  REQUIRE(caught);
  CHECK(caught->recovered);
  CHECK(caught->last_seq == 7);
  CHECK(seqs_of(caught->entries) == std::vector<std::uint64_t>{4, 6});
  const auto of_bob = me.ask(owner, caller_of(bob), chat::catch_up{room, 2, {}});
  REQUIRE(of_bob);
  CHECK(seqs_of(of_bob->entries) == range(3, 7));
  // The same of what another owner wrote.
  const auto fresh = spawn_owner(add_site(), room);
  REQUIRE(me.ask(fresh, caller_of(alice), chat::edit_message{late->id, "for everybody"}));
  const auto more = me.ask(fresh, caller_of(alice), say(room, "more"));
  REQUIRE(more);
  REQUIRE(me.ask(fresh, caller_of(alice), chat::add_participants{room, {dave}}));
  REQUIRE(me.ask(fresh, caller_of(alice), chat::edit_message{more->id, "no more"}));
  REQUIRE(me.ask(owner, caller_of(alice), say(room, "last")));
  const auto edits_shown = [&](const network_log& log) {
    std::vector<std::vector<chat::user_id>> told;
    for (const auto& one : log.fan_outs)
      if (one.by == owner.id() && std::holds_alternative<chat::message_edited>(one.what.what))
        told.push_back(*one.what.participants);
    return told;
  };
  REQUIRE(until([&](const network_log& log) { return edits_shown(log).size() == 4; }));
  CHECK(edits_shown(log())[2] == std::vector{alice, bob, carol});
  CHECK(edits_shown(log())[3] == std::vector{alice, bob, carol});
}

TEST_CASE_METHOD(group_world, "an edit that is decided after a deletion was stored is refused",
                 "[actors][conversation]") {
  const auto first = me.ask(owner, caller_of(alice), say(room, "one"));
  REQUIRE(first);
  // The row is read and its answer held up, while the message is deleted elsewhere in the meantime.
  auto& reads = home().reads;
  reads.hold("entries");
  auto edit = me.begin(owner, caller_of(alice), chat::edit_message{first->id, "two"});
  auto erase = me.begin(owner, caller_of(alice), chat::delete_message{first->id});
  REQUIRE(reads.is_held("entries"));
  reads.let_go("entries");
  const auto edited = edit();
  REQUIRE(erase());
  const auto again = me.ask(owner, caller_of(alice), chat::edit_message{first->id, "three"});
  REQUIRE_FALSE(again);
  CHECK(again.error().code == errc::conflict);
  const auto history = this->history(room);
  const auto deletion = std::find_if(history.begin(), history.end(), [](const auto& e) {
    return e.kind == chat::entry_kind::deleted;
  });
  REQUIRE(deletion != history.end());
  CHECK(deletion + 1 == history.end());
}

TEST_CASE("who enters a group that all have left owns it", "[actors][membership]") {
  actor_world world;
  storage::new_conversation open;
  open.info.id = chat::conversation_id{chat::system_ids().next(noon)};
  open.info.name = "open";
  open.info.created_by = alice;
  open.info.created_at = noon;
  open.members.push_back({alice, chat::member_role::owner, 0, 0, noon, {}});
  open.created = entry_at(open.info.id, 1, chat::entry_kind::created, alice);
  REQUIRE(world.store().create(open));
  const auto owner = world.spawn_owner(world.home(), open.info.id);
  asking me{world.system()};
  REQUIRE(me.ask(owner, caller_of(alice), chat::remove_participant{open.info.id, {}}));
  REQUIRE(me.ask(owner, caller_of(bob), chat::enter{open.info.id}));
  CHECK(me.ask(owner, caller_of(bob), chat::rename{open.info.id, "mine"}));
  CHECK(role_of(world, open.info.id, bob) == chat::member_role::owner);
}

TEST_CASE("changes are refused as busy when as much waits for the store as may",
          "[actors][membership]") {
  actor_world world{[](auto& o) { o.storage.max_backlog_rows = 2; }};
  const auto room = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  world.home().writes.hold("append");
  auto one = me.begin(owner, caller_of(alice), say(room, "one"));
  auto two = me.begin(owner, caller_of(alice), say(room, "two"));
  const auto code_of = [](const auto& got) { return got ? errc::none : got.error().code; };
  CHECK(code_of(me.ask(owner, caller_of(alice), chat::rename{room, "ours"})) == errc::busy);
  CHECK(code_of(me.ask(owner, caller_of(alice), chat::add_participants{room, {carol}})) == errc::busy);
  CHECK(code_of(me.ask(owner, caller_of(alice), chat::remove_participant{room, bob})) == errc::busy);
  CHECK(code_of(me.ask(owner, caller_of(alice),
                       chat::set_role{room, bob, chat::member_role::admin})) == errc::busy);
  world.home().writes.let_go("append");
  REQUIRE((one() && two()));
  CHECK(me.ask(owner, caller_of(alice), chat::rename{room, "ours"}));
}

TEST_CASE("many are added in parts, and answered when all are in", "[actors][conversation]") {
  actor_world world;
  const auto room = world.make_group({alice});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  std::vector<chat::user_id> people;
  for (int i = 0; i < 600; ++i) people.push_back({"user-" + std::to_string(i)});
  people.push_back(alice);
  REQUIRE(me.ask(owner, caller_of(alice), chat::add_participants{room, people}));
  std::size_t added = 0;
  for (const auto& one : world.history(room)) {
    CHECK(one.subjects.size() <= 250);
    if (one.kind == chat::entry_kind::added) added += one.subjects.size();
  }
  CHECK(added == 600);
  CHECK((*world.store().load(room, 8))->members.size() == 601);
  REQUIRE(me.ask(owner, caller_of(people.front()), say(room, "here")));
}

TEST_CASE("nobody is added or enters who has as many conversations as may be",
          "[actors][conversation]") {
  actor_world world{[](config::options& o) { o.chat.max_conversations_per_user = 1; }};
  REQUIRE(world.make_group({bob}) != chat::conversation_id{});
  const auto room = world.make_group({alice});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  const auto added = me.ask(owner, caller_of(alice), chat::add_participants{room, {carol, bob}});
  REQUIRE_FALSE(added);
  CHECK(added.error().code == errc::limit);
  CHECK((*world.store().load(room, 8))->members.size() == 1);
  CHECK(world.metrics().reloads.Value() == 0);
  CHECK(me.ask(owner, caller_of(alice), chat::add_participants{room, {carol}}));
}

TEST_CASE("who got its last conversation meanwhile is refused by the store",
          "[actors][conversation]") {
  actor_world world{[](config::options& o) { o.chat.max_conversations_per_user = 1; }};
  const auto room = world.make_group({alice});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  REQUIRE(me.ask(owner, caller_of(alice), say(room, "before")));
  world.home().writes.hold("append");
  auto added = me.begin(owner, caller_of(alice), chat::add_participants{room, {bob}});
  auto said = me.begin(owner, caller_of(alice), say(room, "behind"));
  REQUIRE(world.home().writes.is_held("append"));
  REQUIRE(world.make_group({bob}) != chat::conversation_id{});
  world.home().writes.let_go("append");
  const auto got = added();
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::limit);
  CHECK(said());
  CHECK((*world.store().load(room, 8))->members.size() == 1);
  CHECK(*world.store().count_dead_letters() == 0);
}
