// Sends that come again while the first is on its way, or long after: what becomes of them, and of
// what was sent beside them.

#include <catch2/catch.hpp>

#include <deque>
#include <map>

#include "tests/support/actor_world.hpp"
#include "tests/support/expectations.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;

TEST_CASE("one repeated send takes nothing back that members have seen",
          "[actors][persistence][retry]") {
  const auto delivery = GENERATE(config::delivery_mode::stored, config::delivery_mode::immediate);
  actor_world world{[&](auto& o) {
    o.delivery = delivery;
    o.limits.enabled = false;
  }};
  const auto room = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  REQUIRE(me.ask(owner, caller_of(alice), say(room, "before")));
  world.home().writes.hold("append");
  std::vector<awaited_post> answers;
  answers.push_back(me.begin(owner, caller_of(alice), say(room, "first", "k")));
  for (int i = 0; i < 140; ++i)
    answers.push_back(me.begin(owner, caller_of(bob), say(room, "x", "key" + std::to_string(i))));
  auto again = me.begin(owner, caller_of(alice), say(room, "first", "k"));
  answers.push_back(me.begin(owner, caller_of(bob), say(room, "behind")));
  REQUIRE(world.home().writes.is_held("append"));
  world.home().writes.let_go("append");
  const auto first = answers.front()();
  const auto repeated = again();
  REQUIRE((first && repeated));
  CHECK(repeated->id == first->id);
  CHECK(repeated->seq == first->seq);
  for (std::size_t i = 1; i < answers.size(); ++i) REQUIRE(answers[i]());
  CHECK(seqs_of(world.history(room)) == range(1, 144));
  REQUIRE(world.saw_fan_outs(143));
  CHECK(shown_seqs(world.log()) == range(2, 144));
  CHECK(world.log().fan_outs.size() == 143);
  CHECK(world.metrics().reloads.Value() == 0);
}

TEST_CASE("with immediate delivery a forgotten repeat alone is taken back",
          "[actors][persistence][retry]") {
  actor_world world{[](auto& o) {
    o.delivery = config::delivery_mode::immediate;
    o.limits.enabled = false;
  }};
  const auto room = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  const auto first = me.ask(owner, caller_of(alice), say(room, "first", "k"));
  REQUIRE(first);
  std::vector<awaited_post> answers;
  const auto send = [&](const std::string& text) {
    answers.push_back(me.begin(owner, caller_of(bob), say(room, text, text)));
  };
  for (int i = 0; i < 150; ++i) send("filler " + std::to_string(i));
  for (auto& answer : answers) REQUIRE(answer());
  answers.clear();
  world.home().writes.hold("append");
  send("blocker");
  REQUIRE(world.home().writes.is_held("append"));
  for (int i = 0; i < 20; ++i) send("before " + std::to_string(i));
  auto again = me.begin(owner, caller_of(alice), say(room, "first", "k"));
  for (int i = 0; i < 20; ++i) send("behind " + std::to_string(i));
  REQUIRE(world.saw_fan_outs(1 + 150 + 1 + 20 + 1 + 20));
  world.home().writes.let_go("append");
  const auto repeated = again();
  REQUIRE(repeated);
  CHECK(repeated->id == first->id);
  CHECK(repeated->seq == first->seq);
  for (auto& answer : answers) REQUIRE(answer());
  const auto deleted = shown_events<chat::message_deleted>(world.log());
  REQUIRE(deleted.size() == 1);
  CHECK(deleted[0].seq == 0);
  CHECK(world.metrics().reloads.Value() == 1);
  // What lay before the repeat kept its place; what lay behind it is shown under its last seq.
  std::map<chat::message_id, std::uint64_t> seen;
  REQUIRE(world.saw_fan_outs(193 + 1 + 20));
  for (const auto& one : shown_events<chat::message_posted>(world.log()))
    seen[one.message.id] = one.message.seq;
  seen.erase(deleted[0].message);
  const auto history = world.history(room);
  CHECK(seen.size() == history.size() - 1);
  for (const auto& e : history)
    if (e.seq > 1) CHECK(seen[e.id] == e.seq);
}

TEST_CASE("many forgotten repeats in one batch end in one round", "[actors][persistence][retry]") {
  actor_world world{[](auto& o) { o.limits.enabled = false; }};
  const auto room = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  const auto key = [](int i) { return "key" + std::to_string(i); };
  std::vector<awaited_post> answers;
  for (int i = 0; i < 200; ++i)
    answers.push_back(me.begin(owner, caller_of(bob), say(room, "text", key(i))));
  for (auto& answer : answers) REQUIRE(answer());
  answers.clear();
  world.home().writes.hold("append");
  answers.push_back(me.begin(owner, caller_of(alice), say(room, "blocker", "blocker")));
  REQUIRE(world.home().writes.is_held("append"));
  for (int i = 0; i < 50; ++i) {
    answers.push_back(me.begin(owner, caller_of(bob), say(room, "text", key(i))));
    answers.push_back(me.begin(owner, caller_of(alice), say(room, "new", key(i))));
  }
  // All of them are in the writer's mailbox once their owner has answered something later.
  REQUIRE(me.ask(owner, caller_of(alice), chat::mark{room, chat::message_status::read, 0}));
  world.home().writes.let_go("append");
  for (auto& answer : answers) REQUIRE(answer());
  CHECK(world.history(room).size() == 1 + 200 + 1 + 50);
  CHECK(world.metrics().reloads.Value() == 1);
}

TEST_CASE_METHOD(group_world,
                 "a message that is refused for no fault of its own is given up in the end",
                 "[actors][persistence][retry]") {
  REQUIRE(me.ask(owner, caller_of(alice), say(room, "one")));
  home().writes.plan(std::deque<fault>(1'000, fault::duplicate));
  const auto refused = me.ask(owner, caller_of(alice), say(room, "two", "k"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unavailable);
  CHECK(metrics().reloads.Value() == 16);
  home().writes.plan({});
  CHECK(me.ask(owner, caller_of(alice), say(room, "two", "k")));
  CHECK(texts_of(history(room)) == std::vector<std::string>{"", "one", "two"});
  CHECK(backlog_empties());
}

TEST_CASE("two equal sends in one batch: the later one is the repeat", "[actors][persistence][retry]") {
  // No owner of ours sends both; the writer must not depend on that.
  actor_world world;
  const auto room = world.make_group({alice, bob});
  const auto& writer = world.env().writers[0];
  caf::scoped_actor owner{world.system()};
  const auto entry = [&](std::uint64_t seq, const std::string& text, const std::string& key) {
    chat::entry one;
    one.conversation = room;
    one.seq = seq;
    one.ordinal = seq - 1;
    one.id = chat::message_id{chat::system_ids().next(noon)};
    one.actor = alice;
    one.content = text;
    one.client_message_id = key;
    one.created_at = noon;
    return one;
  };
  const std::vector<chat::entry> sent{entry(2, "a", "k"), entry(3, "b", "l"), entry(4, "a", "k"),
                                      entry(5, "c", ""), entry(6, "b", "l")};
  world.home().writes.hold("append");
  world.env().backlog_rows += 1 + sent.size();
  const auto elsewhere = world.make_group({alice});
  auto blocker = entry(2, "blocker", "");
  blocker.conversation = elsewhere;
  caf::scoped_actor other{world.system()};
  other->send(writer, actors::append{blocker, 1});
  REQUIRE(world.home().writes.is_held("append"));
  for (const auto& one : sent) owner->send(writer, actors::append{one, 1});
  world.home().writes.let_go("append");
  std::uint64_t stored = 0;
  actors::not_stored refused;
  bool is_refused = false;
  owner->receive_while([&] { return !is_refused; })(
      [&](const actors::stored& what) { stored = what.last_seq; },
      [&](actors::not_stored& what) {
        refused = std::move(what);
        is_refused = true;
      },
      caf::after(patience) >> [&] { FAIL("no verdict"); });
  CHECK(stored == 3);
  CHECK(refused.first_seq == 4);
  CHECK(refused.why == errc::duplicate);
  REQUIRE(refused.culprits.size() == 2);
  CHECK(refused.culprits[0].seq == 4);
  CHECK(refused.culprits[0].existing.id == sent[0].id);
  CHECK(refused.culprits[1].seq == 6);
  CHECK(refused.culprits[1].existing.id == sent[1].id);
  CHECK(texts_of(world.history(room)) == std::vector<std::string>{"", "a", "b"});
  CHECK(world.backlog_empties());
}

TEST_CASE_METHOD(group_world,
                 "what somebody posts behind a post that is being looked up stays behind it",
                 "[actors][conversation][order]") {
  const auto first = me.ask(owner, caller_of(bob), say(room, "question"));
  REQUIRE(first);
  auto& reads = home().reads;
  reads.hold("locate");
  const auto reply = answer_to(room, first->id, "reply", "k");
  auto one = me.begin(owner, caller_of(alice), reply);
  auto again = me.begin(owner, caller_of(alice), reply);
  auto two = me.begin(owner, caller_of(alice), say(room, "then this"));
  auto three = me.begin(owner, caller_of(alice), say(room, "then that", "l"));
  REQUIRE(reads.is_held("locate"));
  const auto of_bob = me.ask(owner, caller_of(bob), say(room, "others do not wait"));
  REQUIRE(of_bob);
  reads.let_go("locate");
  const auto replied = one();
  const auto repeated = again();
  REQUIRE((replied && repeated));
  CHECK(repeated->id == replied->id);
  REQUIRE((two() && three()));
  CHECK(texts_of(history(room)) == std::vector<std::string>{"", "question", "others do not wait",
                                                            "reply", "then this", "then that"});
  CHECK(metrics().reloads.Value() == 0);
}

TEST_CASE("posts that wait for a look-up are answered when the conversation is loaded again",
          "[actors][conversation][order]") {
  actor_world world{[](auto& o) { o.storage.give_up_ms = 100; }};
  const auto room = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  const auto first = me.ask(owner, caller_of(bob), say(room, "question"));
  REQUIRE(first);
  auto& reads = world.home().reads;
  reads.hold("locate");
  auto one = me.begin(owner, caller_of(alice), answer_to(room, first->id, "reply"));
  auto two = me.begin(owner, caller_of(alice), say(room, "behind"));
  REQUIRE(reads.is_held("locate"));
  world.home().writes.cut_appends(true);
  CHECK_FALSE(me.ask(owner, caller_of(bob), say(room, "never stored")));
  world.home().writes.cut_appends(false);
  reads.let_go("locate");
  const auto code_of = [](const auto& got) { return got ? errc::none : got.error().code; };
  for (auto* answer : {&one, &two}) {
    const auto code = code_of((*answer)());
    CHECK((code == errc::none || code == errc::unavailable));
  }
  CHECK(me.ask(owner, caller_of(alice), say(room, "on it goes")));
}

TEST_CASE("a send that was archived is not stored again when it is repeated",
          "[actors][persistence][retry]") {
  actor_world world{[](auto& o) { o.limits.enabled = false; }};
  const auto room = world.make_group({alice, bob});
  asking me{world.system()};
  auto owner = world.spawn_owner(world.home(), room);
  const auto first = me.ask(owner, caller_of(alice), say(room, "first", "k"));
  REQUIRE(first);
  for (int i = 0; i < 600; ++i)
    REQUIRE(me.ask(owner, caller_of(bob), say(room, "x", "key" + std::to_string(i))));
  const auto count = world.history(room).size();
  const auto tomorrow = std::chrono::hours{24};
  const bool is_loaded_anew = GENERATE(true, false);
  storage::archive_mark mark;
  const chat::timestamp then{world.env().clock.now().ms + 60'000};
  REQUIRE(*world.store().archive(then, 10'000, mark) > 0);
  if (is_loaded_anew)
    owner = world.spawn_owner(world.home(), room);
  else
    world.home().clock.set_ahead(tomorrow);
  const auto repeated = me.ask(owner, caller_of(alice), say(room, "first", "k"));
  REQUIRE(repeated);
  CHECK(repeated->id == first->id);
  CHECK(world.history(room).size() == count);
  CHECK(me.ask(owner, caller_of(alice), say(room, "new", "k2"))->seq == count + 1);
  // The same day goes on: what is in the archive is still known.
  CHECK(me.ask(owner, caller_of(alice), say(room, "first", "k"))->id == first->id);
  CHECK(world.history(room).size() == count + 1);
}

TEST_CASE_METHOD(group_world, "an owner that dies leaves nobody who asked it without an answer",
                 "[actors][retry]") {
  REQUIRE(me.ask(owner, caller_of(alice), say(room, "before")));
  home().writes.hold("append");
  home().reads.hold("messages");
  auto post = me.begin(owner, caller_of(alice), say(room, "one", "k"));
  auto repeat = me.begin(owner, caller_of(alice), say(room, "one", "k"));
  auto stretch = me.begin(owner, caller_of(bob), chat::read_stretch{room});
  const chat::message_id nowhere{env().ids.next(env().clock.now())};
  home().reads.hold("locate");
  auto answer = me.begin(owner, caller_of(bob), answer_to(room, nowhere, "two"));
  auto behind = me.begin(owner, caller_of(bob), say(room, "three"));
  REQUIRE(home().writes.is_held("append"));
  REQUIRE(home().reads.is_held("messages"));
  caf::anon_send_exit(owner, caf::exit_reason::kill);
  for (auto* one : {&post, &repeat, &answer, &behind}) {
    const auto got = (*one)();
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::unknown);
  }
  const auto read = stretch();
  REQUIRE_FALSE(read);
  CHECK(read.error().code == errc::unknown);
  home().reads.let_go("locate");
  home().reads.let_go("messages");
  home().writes.let_go("append");
}
