#include "actors/storage/writer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

#include "tests/contract/drivers.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/expectations.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;

namespace {

void give_up_soon(config::options& o) { o.storage.give_up_ms = 100; }

struct impatient_group_world : group_world {
  impatient_group_world() : group_world(give_up_soon) {}
};

/// Two conversations with an owner each; holds the writer back until both have a row waiting, so
/// that the rows share a batch.
struct two_rooms {
  explicit two_rooms(const std::function<void(config::options&)>& adjust = {})
      : world(adjust), me(world.system()) {
    // The first rows load both owners and leave the writer idle.
    REQUIRE(me.ask(owner, caller_of(alice), say(room, "a1")));
    REQUIRE(me.ask(other_owner, caller_of(alice), say(other, "b1")));
  }

  auto writes() -> faults& { return world.home().writes; }

  /// Holds the writer with a row of a third conversation.
  void block_writer() {
    writes().hold("append");
    blocker = me.begin(third_owner, caller_of(alice), say(third, "blocker"));
    REQUIRE(writes().is_held("append"));
  }

  actor_world world;
  asking me;
  chat::conversation_id room = world.make_group({alice, bob});
  chat::conversation_id other = world.make_group({alice, bob});
  chat::conversation_id third = world.make_group({alice, bob});
  caf::actor owner = world.spawn_owner(world.home(), room);
  caf::actor other_owner = world.spawn_owner(world.home(), other);
  caf::actor third_owner = world.spawn_owner(world.home(), third);
  std::function<chat::expected<chat::posted>()> blocker;
};

}  // namespace

TEST_CASE("rows that wait while a commit runs share the next batch", "[actors][persistence]") {
  two_rooms t;
  t.block_writer();
  auto one = t.me.begin(t.owner, caller_of(alice), say(t.room, "a2"));
  auto two = t.me.begin(t.other_owner, caller_of(alice), say(t.other, "b2"));
  auto three = t.me.begin(t.owner, caller_of(alice), say(t.room, "a3"));
  // All three are in the writer's mailbox once their owners have answered something later.
  REQUIRE(t.me.ask(t.owner, caller_of(alice), chat::mark{t.room, chat::message_status::read, 0}));
  REQUIRE(t.me.ask(t.other_owner, caller_of(alice),
                   chat::mark{t.other, chat::message_status::read, 0}));
  t.writes().let_go("append");
  CHECK(t.blocker());
  CHECK(one());
  CHECK(two());
  CHECK(three());
  const auto batches = t.writes().batches();
  CHECK(std::any_of(batches.begin(), batches.end(), [](const auto& b) { return b.size() == 3; }));
  CHECK(t.world.backlog_empties());
}

TEST_CASE_METHOD(impatient_group_world, "an outage refuses a post for certain once it has lasted",
                 "[actors][persistence]") {
  home().writes.cut_appends(true);
  const auto refused = me.ask(owner, caller_of(alice), say(room, "hello", "k"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unavailable);
  CHECK(backlog_empties());
  home().writes.cut_appends(false);
  const auto again = me.ask(owner, caller_of(alice), say(room, "hello", "k"));
  REQUIRE(again);
  CHECK(again->seq == 2);
  CHECK(texts_of(history(room)) == std::vector<std::string>{"", "hello"});
  REQUIRE(saw_fan_outs(1));
  CHECK(shown_texts(log()) == std::vector<std::string>{"hello"});
}

TEST_CASE_METHOD(group_world, "a short outage is not noticed", "[actors][persistence]") {
  home().writes.plan({fault::unavailable, fault::unavailable});
  REQUIRE(me.ask(owner, caller_of(alice), say(room, "hello")));
  CHECK(history(room).size() == 2);
}

TEST_CASE_METHOD(group_world, "a commit whose answer is lost is found again and acked once",
                 "[actors][persistence]") {
  for (const auto what : {fault::unknown_stored, fault::unknown_lost}) {
    home().writes.plan({what});
    const auto text = "text " + std::to_string(static_cast<int>(what));
    const auto posted = me.ask(owner, caller_of(alice), say(room, text, text.substr(5)));
    REQUIRE(posted);
    CHECK(history(room).back().id == posted->id);
  }
  CHECK(seqs_of(history(room)) == range(1, 3));
  REQUIRE(saw_fan_outs(2));
  CHECK(log().fan_outs.size() == 2);
  CHECK(backlog_empties());
}

TEST_CASE_METHOD(impatient_group_world, "rows that may be stored are never refused for certain",
                 "[actors][persistence]") {
  home().writes.plan({fault::unknown_stored, fault::unavailable, fault::unavailable,
                      fault::unavailable, fault::unavailable, fault::unavailable});
  const auto lost = me.ask(owner, caller_of(alice), say(room, "hello", "k"));
  REQUIRE_FALSE(lost);
  CHECK(lost.error().code == errc::unknown);
  home().writes.plan({});
  const auto again = me.ask(owner, caller_of(alice), say(room, "hello", "k"));
  REQUIRE(again);
  CHECK(again->seq == 2);
  CHECK(history(room).size() == 2);
  REQUIRE(saw_fan_outs(1));
  CHECK(shown_texts(log()) == std::vector<std::string>{"hello"});
}

TEST_CASE_METHOD(impatient_group_world,
                 "rows in doubt stay so when their batch is settled owner by owner",
                 "[actors][persistence]") {
  // The batch is refused as a whole, the owner's part is stored and its answer lost.
  home().writes.plan({fault::duplicate, fault::unknown_stored, fault::unavailable,
                      fault::unavailable, fault::unavailable, fault::unavailable});
  const auto lost = me.ask(owner, caller_of(alice), say(room, "hello", "k"));
  REQUIRE_FALSE(lost);
  CHECK(lost.error().code == errc::unknown);
}

TEST_CASE("a stale owner's rows keep nobody else's from the disk", "[actors][persistence]") {
  two_rooms t;
  const auto elsewhere = t.world.spawn_owner(t.world.add_site(), t.room);
  REQUIRE(t.me.ask(elsewhere, caller_of(bob), say(t.room, "from elsewhere")));
  t.block_writer();
  auto stale = t.me.begin(t.owner, caller_of(alice), say(t.room, "a2"));
  auto fine = t.me.begin(t.other_owner, caller_of(alice), say(t.other, "b2"));
  REQUIRE(t.me.ask(t.owner, caller_of(alice), chat::mark{t.room, chat::message_status::read, 0}));
  REQUIRE(t.me.ask(t.other_owner, caller_of(alice),
                   chat::mark{t.other, chat::message_status::read, 0}));
  t.writes().let_go("append");
  const auto of_other = fine();
  REQUIRE(of_other);
  CHECK(of_other->seq == 3);
  const auto moved = stale();
  REQUIRE(moved);
  CHECK(moved->seq == 4);
  CHECK(texts_of(t.world.history(t.room)) ==
        std::vector<std::string>{"", "a1", "from elsewhere", "a2"});
  CHECK(t.world.backlog_empties());
}

TEST_CASE("a row that the store never takes is refused alone", "[actors][persistence]") {
  two_rooms t;
  t.writes().poison("poison");
  t.block_writer();
  auto before = t.me.begin(t.owner, caller_of(alice), say(t.room, "a2"));
  auto poison = t.me.begin(t.owner, caller_of(alice), say(t.room, "poison"));
  auto behind = t.me.begin(t.owner, caller_of(bob), say(t.room, "a3"));
  auto other = t.me.begin(t.other_owner, caller_of(alice), say(t.other, "b2"));
  REQUIRE(t.me.ask(t.owner, caller_of(alice), chat::mark{t.room, chat::message_status::read, 0}));
  REQUIRE(t.me.ask(t.other_owner, caller_of(alice),
                   chat::mark{t.other, chat::message_status::read, 0}));
  t.writes().let_go("append");
  CHECK(before());
  CHECK(other());
  const auto refused = poison();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code != no_answer);
  const auto moved = behind();
  REQUIRE(moved);
  CHECK(moved->seq == 4);
  CHECK(texts_of(t.world.history(t.room)) == std::vector<std::string>{"", "a1", "a2", "a3"});
  CHECK(texts_of(t.world.history(t.other)) == std::vector<std::string>{"", "b1", "b2"});
  CHECK(t.world.backlog_empties());
}

TEST_CASE_METHOD(group_world, "cursors are written behind and again after an outage",
                 "[actors][persistence]") {
  const auto posted = me.ask(owner, caller_of(alice), say(room, "hello"));
  REQUIRE(posted);
  REQUIRE(me.ask(owner, caller_of(bob), chat::mark{room, chat::message_status::read, 0}));
  me.self()
      ->request(env().writers[0], patience, actors::settle{})
      .receive([](const chat::done&) {}, [](const caf::error&) { FAIL("not settled"); });
  const auto record = store().load(room, 10);
  REQUIRE((record && *record));
  const auto& members = (*record)->members;
  const auto at = std::find_if(members.begin(), members.end(),
                               [](const auto& m) { return m.user == bob; });
  CHECK(at->cursors.read_seq == posted->seq);
  CHECK(at->cursors.delivered_seq == posted->seq);
}

TEST_CASE("cursors are written a part at a time, with sends in between", "[actors][persistence]") {
  two_rooms t;
  actors::save_cursors many;
  for (int i = 0; i < 1'300; ++i)
    many.rows.push_back({t.room, {"reader-" + std::to_string(i)}, {1, noon, 1, noon}});
  t.writes().hold("save_cursors");
  t.me.self()->send(t.world.env().writers[0], many);
  REQUIRE(t.writes().is_held("save_cursors"));
  const auto before = t.writes().calls("save_cursors");
  auto sent = t.me.begin(t.owner, caller_of(alice), say(t.room, "meanwhile"));
  t.writes().let_go("save_cursors");
  CHECK(sent());
  CHECK(t.writes().saw_calls("save_cursors", before + 2));
  CHECK(t.world.backlog_empties());
}

TEST_CASE("with immediate delivery an outage keeps the rows until the store is back",
          "[actors][persistence]") {
  actor_world world{[](auto& o) {
    give_up_soon(o);
    o.delivery = config::delivery_mode::immediate;
  }};
  const auto room = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  world.home().writes.cut_appends(true);
  auto answer = me.begin(owner, caller_of(alice), say(room, "hello"));
  REQUIRE(world.home().writes.saw_calls("append", 4));
  world.home().writes.cut_appends(false);
  REQUIRE(answer());
  REQUIRE(world.saw_fan_outs(1));
  CHECK(shown_texts(world.log()) == std::vector<std::string>{"hello"});
}

TEST_CASE("an outage that has lasted refuses every owner that waits", "[actors][persistence]") {
  two_rooms t{give_up_soon};
  t.writes().cut_appends(true);
  auto one = t.me.begin(t.owner, caller_of(alice), say(t.room, "a2"));
  auto two = t.me.begin(t.other_owner, caller_of(alice), say(t.other, "b2"));
  auto three = t.me.begin(t.owner, caller_of(bob), say(t.room, "a3"));
  for (auto* sent : {&one, &two, &three}) CHECK((*sent)().error().code == errc::unavailable);
  CHECK(t.world.backlog_empties());
  t.writes().cut_appends(false);
  CHECK(t.me.ask(t.owner, caller_of(alice), say(t.room, "a4"))->seq == 3);
  CHECK(t.me.ask(t.other_owner, caller_of(alice), say(t.other, "b4"))->seq == 3);
}

TEST_CASE("the time of a conversation's newest message is written by the end of its writer",
          "[actors][persistence]") {
  actor_world world;
  const auto room = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  {
    asking me{world.system()};  // an actor, too: it must be gone before the others are waited for
    REQUIRE(me.ask(owner, caller_of(alice), say(room, "hello")));
  }
  const auto last = world.history(room).back().created_at;
  world.end();
  const auto written = ask_sql(world.env().options.storage,
                               "SELECT COUNT(*) FROM conversations WHERE last_message_at = " +
                                   std::to_string(last.ms) + " AND updated_at = last_message_at",
                               1);
  CHECK(written == "1\n");
  CHECK(world.home().writes.calls("touch") == 1);
}
