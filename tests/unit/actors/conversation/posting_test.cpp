#include <catch2/catch.hpp>

#include "tests/support/actor_world.hpp"
#include "tests/support/expectations.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;

TEST_CASE_METHOD(group_world, "a post is shown and acked after its commit, once",
                 "[actors][conversation]") {
  home().writes.hold("append");
  auto answer = me.begin(owner, caller_of(alice), say(room, "hello"));
  REQUIRE(home().writes.is_held("append"));
  CHECK(log().fan_outs.empty());
  home().writes.let_go("append");
  const auto posted = answer();
  REQUIRE(posted);
  CHECK(posted->seq == 2);
  REQUIRE(saw_fan_outs(1));
  const auto shown = shown_events<chat::message_posted>(log());
  REQUIRE(shown.size() == 1);
  CHECK(shown[0].message.id == posted->id);
  CHECK(shown[0].message.seq == 2);
  CHECK(shown[0].message.ordinal == 1);
  CHECK(shown[0].sender_name == "alice");
  CHECK(*log().fan_outs[0].what.participants == std::vector{alice, bob});
}

TEST_CASE_METHOD(group_world, "pipelined posts are shown once each, with dense seqs, in order",
                 "[actors][conversation]") {
  std::vector<awaited_post> answers;
  for (int i = 0; i < 60; ++i)
    answers.push_back(me.begin(owner, caller_of(i % 2 == 0 ? alice : bob),
                               say(room, "m" + std::to_string(i))));
  std::uint64_t expected = 2;
  for (auto& answer : answers) {
    const auto posted = answer();
    REQUIRE(posted);
    CHECK(posted->seq == expected++);
  }
  REQUIRE(saw_fan_outs(60));
  CHECK(shown_seqs(log()) == range(2, 61));
  CHECK(seqs_of(history(room)) == range(1, 61));
  CHECK(backlog_empties());
}

TEST_CASE_METHOD(immediate_group_world,
                 "immediate delivery shows a post before its commit and not again after it",
                 "[actors][conversation]") {
  home().writes.hold("append");
  auto answer = me.begin(owner, caller_of(alice), say(room, "hello"));
  REQUIRE(saw_fan_outs(1));
  CHECK(history(room).size() == 1);
  home().writes.let_go("append");
  REQUIRE(answer());
  REQUIRE(me.ask(owner, caller_of(alice), say(room, "again")));
  REQUIRE(saw_fan_outs(2));
  CHECK(shown_texts(log()) == std::vector<std::string>{"hello", "again"});
}

TEST_CASE_METHOD(
    immediate_group_world,
    "immediate delivery shows a change after its commit, and what comes behind it then",
    "[actors][conversation]") {
  home().writes.hold("append");
  auto before = me.begin(owner, caller_of(alice), say(room, "before"));
  auto renamed = me.begin(owner, caller_of(alice), chat::rename{room, "ours"});
  auto behind = me.begin(owner, caller_of(alice), say(room, "behind"));
  REQUIRE(saw_fan_outs(1));
  const auto seen = me.ask(owner, caller_of(bob), chat::read_page{room, 1, 50});
  REQUIRE(seen);
  CHECK(seen->total == 1);
  CHECK(shown_texts(log()) == std::vector<std::string>{"before"});
  CHECK(shown_events<chat::title_changed>(log()).empty());
  home().writes.let_go("append");
  REQUIRE(before());
  REQUIRE(renamed());
  REQUIRE(behind());
  REQUIRE(saw_fan_outs(3));
  CHECK(shown_seqs(log()) == range(2, 4));
}

TEST_CASE("immediate delivery never shows a membership change that is not stored",
          "[actors][conversation]") {
  actor_world world{[](auto& o) { o.delivery = config::delivery_mode::immediate; }};
  const auto room = world.make_group({alice, bob});
  const auto stale = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  REQUIRE(me.ask(stale, caller_of(alice), say(room, "one")));
  const auto fresh = world.spawn_owner(world.add_site(), room);
  REQUIRE(me.ask(fresh, caller_of(bob), say(room, "two")));
  const auto removed = me.ask(stale, caller_of(alice), chat::remove_participant{room, bob});
  REQUIRE_FALSE(removed);
  CHECK(removed.error().code == errc::unavailable);
  REQUIRE(me.ask(stale, caller_of(bob), say(room, "still here")));
  CHECK(shown_events<chat::participant_removed>(world.log()).empty());
  CHECK(shown_texts(world.log(), stale.id()) ==
        std::vector<std::string>{"one", "two", "still here"});
}

TEST_CASE_METHOD(group_world,
                 "a repeat of a post that is on its way gets the same answer and makes no row",
                 "[actors][conversation][retry]") {
  home().writes.hold("append");
  auto first = me.begin(owner, caller_of(alice), say(room, "hello", "k"));
  auto second = me.begin(owner, caller_of(alice), say(room, "hello", "k"));
  auto other_content = me.begin(owner, caller_of(alice), say(room, "other", "k"));
  auto other_sender = me.begin(owner, caller_of(bob), say(room, "hello", "k"));
  const auto conflict = other_content();
  REQUIRE_FALSE(conflict);
  CHECK(conflict.error().code == errc::id_conflict);
  home().writes.let_go("append");
  const auto one = first();
  const auto two = second();
  const auto of_bob = other_sender();
  REQUIRE((one && two && of_bob));
  CHECK(one->id == two->id);
  CHECK(one->seq == two->seq);
  CHECK(one->created_at == two->created_at);
  CHECK(of_bob->id != one->id);
  CHECK(history(room).size() == 3);
  CHECK(saw_fan_outs(2));
  CHECK(log().fan_outs.size() == 2);
}

TEST_CASE_METHOD(group_world,
                 "a repeat of a stored post gets the first answer from the same and a fresh owner",
                 "[actors][conversation][retry]") {
  const auto first = me.ask(owner, caller_of(alice), say(room, "hello", "k"));
  REQUIRE(first);
  const auto fresh = spawn_owner(add_site(), room);
  for (const auto& who : {owner, fresh}) {
    const auto again = me.ask(who, caller_of(alice), say(room, "hello", "k"));
    REQUIRE(again);
    CHECK(again->id == first->id);
    CHECK(again->seq == first->seq);
    CHECK(again->created_at == first->created_at);
    const auto other = me.ask(who, caller_of(alice), say(room, "something else", "k"));
    REQUIRE_FALSE(other);
    CHECK(other.error().code == errc::id_conflict);
  }
  CHECK(history(room).size() == 2);
  REQUIRE(saw_fan_outs(1));
  CHECK(log().fan_outs.size() == 1);
}

TEST_CASE("a repeat that memory has forgotten is found by the store's unique key",
          "[actors][conversation][retry]") {
  actor_world world{[](auto& o) {
    o.storage.max_backlog_rows = 10'000;
    o.limits.enabled = false;
  }};
  const auto room = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  const auto first = me.ask(owner, caller_of(alice), say(room, "hello", "k"));
  REQUIRE(first);
  std::vector<awaited_post> answers;
  for (int i = 0; i < 300; ++i)
    answers.push_back(
        me.begin(owner, caller_of(bob), say(room, "x", "key" + std::to_string(i))));
  for (auto& answer : answers) REQUIRE(answer());
  auto again = me.begin(owner, caller_of(alice), say(room, "hello", "k"));
  auto behind = me.begin(owner, caller_of(bob), say(room, "behind"));
  const auto repeated = again();
  REQUIRE(repeated);
  CHECK(repeated->id == first->id);
  CHECK(repeated->seq == first->seq);
  const auto after = behind();
  REQUIRE(after);
  const auto other = me.ask(owner, caller_of(alice), say(room, "else", "k"));
  REQUIRE_FALSE(other);
  CHECK(other.error().code == errc::id_conflict);
  CHECK(seqs_of(world.history(room)) == range(1, 303));
  REQUIRE(world.saw_fan_outs(302));
  CHECK(shown_seqs(world.log()) == range(2, 303));
}

TEST_CASE_METHOD(group_world, "a stranger's post is answered like a missing conversation",
                 "[actors][conversation]") {
  for (const auto* key : {"", "k"}) {
    const auto refused = me.ask(owner, caller_of(carol), say(room, "hello", key));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::not_found);
  }
  CHECK(history(room).size() == 1);
}

TEST_CASE_METHOD(group_world, "who was removed still gets the answer to what was accepted before",
                 "[actors][conversation][retry]") {
  const auto first = me.ask(owner, caller_of(bob), say(room, "hello", "k"));
  REQUIRE(first);
  REQUIRE(me.ask(owner, caller_of(alice), chat::remove_participant{room, bob}));
  const auto again = me.ask(owner, caller_of(bob), say(room, "hello", "k"));
  REQUIRE(again);
  CHECK(again->id == first->id);
  const auto fresh = me.ask(owner, caller_of(bob), say(room, "more", "k2"));
  REQUIRE_FALSE(fresh);
  CHECK(fresh.error().code == errc::not_found);
}

TEST_CASE("a full backlog refuses a post as busy", "[actors][conversation]") {
  actor_world world{[](auto& o) { o.storage.max_backlog_rows = 3; }};
  const auto room = world.make_group({alice});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  world.home().writes.hold("append");
  std::vector<awaited_post> answers;
  for (int i = 0; i < 3; ++i) answers.push_back(me.begin(owner, caller_of(alice), say(room, "x")));
  const auto refused = me.ask(owner, caller_of(alice), say(room, "one too many"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::busy);
  world.home().writes.let_go("append");
  for (auto& answer : answers) CHECK(answer());
  CHECK(me.ask(owner, caller_of(alice), say(room, "room again")));
}
