// Two owners of one conversation at once, as after a partition: the store judges.

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "tests/support/actor_world.hpp"
#include "tests/support/expectations.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;

namespace {

/// What an owner showed has ascending seqs, and under each seq what the store holds.
void check_shown(actor_world& world, chat::conversation_id room, caf::actor_id owner) {
  std::map<std::uint64_t, chat::message_id> stored;
  for (const auto& e : world.history(room)) stored[e.seq] = e.id;
  std::uint64_t last = 0;
  for (const auto& one : shown_events<chat::message_posted>(world.log(), owner)) {
    CHECK(one.message.seq == std::max(one.message.seq, last + 1));
    last = one.message.seq;
    CHECK(stored[one.message.seq] == one.message.id);
  }
}

/// Each acked message stands once in the store, under the seq that was told.
void check_acked(actor_world& world, chat::conversation_id room,
                 const std::map<std::string, chat::posted>& acked) {
  const auto history = world.history(room);
  CHECK(seqs_of(history) == range(1, history.size()));
  for (const auto& [text, answer] : acked) {
    const auto same_text = [&](const chat::entry& e) { return e.content == text; };
    REQUIRE(std::count_if(history.begin(), history.end(), same_text) == 1);
    const auto at = std::find_if(history.begin(), history.end(), same_text);
    CHECK(at->seq == answer.seq);
    CHECK(at->id == answer.id);
  }
}

/// Two owners of one group of two: one that loaded and showed "one", and one that came after it.
struct rivals {
  explicit rivals(const std::function<void(config::options&)>& adjust = {}) : world(adjust) {
    REQUIRE(me.ask(stale, caller_of(alice), say(room, "one")));
    fresh = world.spawn_owner(world.add_site(), room);
  }

  actor_world world;
  asking me{world.system()};
  const chat::conversation_id room = world.make_group({alice, bob});
  const caf::actor stale = world.spawn_owner(world.home(), room);
  caf::actor fresh;
};

struct immediate_rivals : rivals {
  immediate_rivals() : rivals([](auto& o) { o.delivery = config::delivery_mode::immediate; }) {}
};

}  // namespace

TEST_CASE_METHOD(rivals,
                 "a stale owner steps down, shows what it missed, and its post gets a new seq",
                 "[actors][ownership]") {
  REQUIRE(me.ask(fresh, caller_of(bob), say(room, "two")));
  REQUIRE(me.ask(fresh, caller_of(bob), say(room, "three")));
  const auto posted = me.ask(stale, caller_of(alice), say(room, "four"));
  REQUIRE(posted);
  CHECK(posted->seq == 5);
  const auto shown_all = [&](const network_log& log) {
    return shown_texts(log, stale.id()).size() >= 4;
  };
  REQUIRE(world.until(shown_all));
  CHECK(shown_texts(world.log(), stale.id()) ==
        std::vector<std::string>{"one", "two", "three", "four"});
  CHECK(texts_of(world.history(room)) ==
        std::vector<std::string>{"", "one", "two", "three", "four"});
  CHECK(world.backlog_empties());
}

TEST_CASE("two owners with interleaved posts fork nothing and lose nothing",
          "[actors][ownership]") {
  actor_world world;
  const auto room = world.make_group({alice, bob});
  auto& there = world.add_site();
  const std::vector<caf::actor> owners{world.spawn_owner(world.home(), room),
                                       world.spawn_owner(there, room)};
  asking me{world.system()};
  std::map<std::string, chat::posted> acked;
  for (int round = 0; round < 15; ++round) {
    std::vector<std::pair<std::string, awaited_post>> answers;
    for (int i = 0; i < 8; ++i) {
      const auto text = "r" + std::to_string(round) + "-" + std::to_string(i);
      const auto& owner = owners[static_cast<std::size_t>(i + round) % 2];
      answers.emplace_back(text, me.begin(owner, caller_of(alice), say(room, text, "key-" + text)));
    }
    for (auto& [text, answer] : answers) {
      const auto posted = answer();
      INFO(text << ": " << (posted ? "" : posted.error().detail));
      REQUIRE(posted);
      acked[text] = *posted;
    }
  }
  CHECK(world.history(room).size() == 1 + acked.size());
  check_acked(world, room, acked);
  for (const auto& owner : owners) check_shown(world, room, owner.id());
  CHECK(world.backlog_empties());
}

TEST_CASE("a repeat at the other owner of a post that is on its way makes one row",
          "[actors][ownership][retry]") {
  actor_world world;
  const auto room = world.make_group({alice, bob});
  auto& there = world.add_site();
  const auto one = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  REQUIRE(me.ask(one, caller_of(alice), say(room, "first")));
  const auto other = world.spawn_owner(there, room);
  world.home().writes.hold("append");
  auto slow = me.begin(one, caller_of(alice), say(room, "hello", "k"));
  REQUIRE(world.home().writes.is_held("append"));
  const auto quick = me.ask(other, caller_of(alice), say(room, "hello", "k"));
  REQUIRE(quick);
  world.home().writes.let_go("append");
  const auto late = slow();
  REQUIRE(late);
  CHECK(late->id == quick->id);
  CHECK(late->seq == quick->seq);
  CHECK(texts_of(world.history(room)) == std::vector<std::string>{"", "first", "hello"});
}

TEST_CASE_METHOD(rivals,
                 "a stale owner's membership change is refused and its members are those stored",
                 "[actors][ownership]") {
  REQUIRE(me.ask(fresh, caller_of(alice), chat::remove_participant{room, bob}));
  const auto added = me.ask(stale, caller_of(bob), chat::add_participants{room, {carol}});
  REQUIRE_FALSE(added);
  CHECK(added.error().code == errc::unavailable);
  const auto again = me.ask(stale, caller_of(bob), say(room, "still here?"));
  REQUIRE_FALSE(again);
  CHECK(again.error().code == errc::not_found);
  CHECK(world.history(room).size() == 3);
}

TEST_CASE_METHOD(immediate_rivals,
                 "with immediate delivery a stale owner shows again under new seqs what it had shown",
                 "[actors][ownership]") {
  REQUIRE(me.ask(fresh, caller_of(bob), say(room, "two")));
  const auto posted = me.ask(stale, caller_of(alice), say(room, "three"));
  REQUIRE(posted);
  CHECK(posted->seq == 4);
  REQUIRE(world.until([&](const network_log& log) {
    return shown_texts(log, stale.id()) ==
           std::vector<std::string>{"one", "three", "two", "three"};
  }));
  const auto shown = shown_events<chat::message_posted>(world.log(), stale.id());
  CHECK(shown[1].message.id == posted->id);
  CHECK(shown[3].message.id == posted->id);
  CHECK(shown[3].message.seq == 4);
  CHECK(shown_events<chat::message_deleted>(world.log()).empty());
}

TEST_CASE_METHOD(immediate_rivals,
                 "what was shown waits while the conversation cannot be loaded again",
                 "[actors][ownership]") {
  REQUIRE(me.ask(fresh, caller_of(bob), say(room, "two")));
  world.home().reads.cut_reads(true);
  auto answer = me.begin(stale, caller_of(alice), say(room, "three"));
  REQUIRE(world.home().reads.saw_calls("load", world.home().reads.calls("load") + 2));
  world.home().reads.cut_reads(false);
  const auto posted = answer();
  REQUIRE(posted);
  CHECK(posted->seq == 4);
  CHECK(shown_events<chat::message_deleted>(world.log()).empty());
}

TEST_CASE_METHOD(immediate_rivals,
                 "what was shown of somebody who has been removed elsewhere is taken back",
                 "[actors][ownership][removal]") {
  REQUIRE(me.ask(fresh, caller_of(alice), chat::remove_participant{room, bob}));
  world.home().writes.hold("append");
  auto of_alice = me.begin(stale, caller_of(alice), say(room, "stays"));
  auto of_bob = me.begin(stale, caller_of(bob), say(room, "goes"));
  REQUIRE(world.until([&](const network_log& log) {
    return shown_texts(log, stale.id()) == std::vector<std::string>{"one", "stays", "goes"};
  }));
  world.home().writes.let_go("append");
  const auto refused = of_bob();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::not_found);
  REQUIRE(of_alice());
  REQUIRE(world.saw<chat::message_deleted>());
  const auto deleted = shown_events<chat::message_deleted>(world.log());
  REQUIRE(deleted.size() == 1);
  CHECK(deleted[0].seq == 0);
  const auto shown = shown_events<chat::message_posted>(world.log(), stale.id());
  const auto goes = std::find_if(shown.begin(), shown.end(),
                                 [](const auto& one) { return one.message.content == "goes"; });
  REQUIRE(goes != shown.end());
  CHECK(goes->message.id == deleted[0].message);
}

TEST_CASE_METHOD(rivals, "missed entries are shown before what comes after them",
                 "[actors][ownership]") {
  REQUIRE(me.ask(fresh, caller_of(bob), say(room, "two")));
  world.home().reads.hold("entries_after");
  auto slow = me.begin(stale, caller_of(alice), say(room, "three"));
  REQUIRE(world.home().reads.is_held("entries_after"));
  CHECK_FALSE(
      world.until([&](const network_log& log) { return shown_texts(log, stale.id()).size() >= 2; },
                  std::chrono::milliseconds{200}));
  world.home().reads.let_go("entries_after");
  REQUIRE(slow());
  REQUIRE(world.until(
      [&](const network_log& log) { return shown_texts(log, stale.id()).size() >= 3; }));
  CHECK(shown_texts(world.log(), stale.id()) == std::vector<std::string>{"one", "two", "three"});
}

TEST_CASE_METHOD(rivals, "missed entries are shown even when reading them fails at first",
                 "[actors][ownership]") {
  REQUIRE(me.ask(fresh, caller_of(bob), say(room, "two")));
  world.home().reads.hold("entries_after");
  auto slow = me.begin(stale, caller_of(alice), say(room, "three"));
  REQUIRE(world.home().reads.is_held("entries_after"));
  world.home().reads.cut_reads(true);
  world.home().reads.let_go("entries_after");
  const auto refused = slow();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unavailable);
  world.home().reads.cut_reads(false);
  CHECK(world.until([&](const network_log& log) {
    const auto texts = shown_texts(log, stale.id());
    return std::find(texts.begin(), texts.end(), "two") != texts.end();
  }));
}

TEST_CASE("a stale owner shows all it missed, however much that is", "[actors][ownership]") {
  actor_world world;
  const auto room = world.make_group({alice, bob});
  const auto stale = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  REQUIRE(me.ask(stale, caller_of(alice), say(room, "first")));
  std::vector<chat::entry> missed;
  for (std::uint64_t i = 0; i < 1'100; ++i) {
    chat::entry one;
    one.conversation = room;
    one.seq = 3 + i;
    one.ordinal = 2 + i;
    one.id = chat::message_id{chat::system_ids().next(noon)};
    one.actor = bob;
    one.content = std::to_string(i);
    one.created_at = noon;
    missed.push_back(std::move(one));
  }
  REQUIRE(world.store().append(missed));
  const auto posted = me.ask(stale, caller_of(alice), say(room, "last"));
  REQUIRE(posted);
  CHECK(posted->seq == 1'103);
  REQUIRE(world.until(
      [&](const network_log& log) { return shown_seqs(log, stale.id()).size() >= 1'102; }));
  CHECK(shown_seqs(world.log(), stale.id()) == range(2, 1'103));
}

TEST_CASE_METHOD(rivals, "missed entries go to those who were members when they were written",
                 "[actors][ownership][removal]") {
  REQUIRE(me.ask(fresh, caller_of(alice), chat::remove_participant{room, bob}));
  REQUIRE(me.ask(fresh, caller_of(alice), say(room, "without bob")));
  REQUIRE(me.ask(fresh, caller_of(alice), chat::add_participants{room, {bob, carol}}));
  REQUIRE(me.ask(fresh, caller_of(alice), say(room, "with all")));
  REQUIRE(me.ask(stale, caller_of(alice), say(room, "last")));
  REQUIRE(world.until(
      [&](const network_log& log) { return shown_texts(log, stale.id()).size() >= 4; }));
  const std::vector<std::vector<chat::user_id>> expected{
      {alice, bob},       {alice}, {alice}, {alice, bob, carol}, {alice, bob, carol},
      {alice, bob, carol}};
  std::vector<std::vector<chat::user_id>> told;
  for (const auto& one : world.log().fan_outs) {
    if (one.by != stale.id()) continue;
    told.push_back(*one.what.participants);
    if (std::holds_alternative<chat::participant_removed>(one.what.what))
      CHECK(one.what.departed == bob);
  }
  CHECK(told == expected);
}
