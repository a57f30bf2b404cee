// What happens to a conversation's callers and state while it loads, reloads or retires.

#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/support/actor_world.hpp"
#include "tests/support/expectations.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;
using std::chrono::milliseconds;

namespace {

void give_up_soon(config::options& o) { o.storage.give_up_ms = 100; }

struct impatient_group_world : group_world {
  impatient_group_world() : group_world(give_up_soon) {}
};

/// Stands for the registry: records what conversations ask of it.
class registry_spy final : public caf::event_based_actor {
 public:
  using log = std::vector<std::string>;

  registry_spy(caf::actor_config& config, std::shared_ptr<awaited<log>> told)
      : caf::event_based_actor(config), told_(std::move(told)) {}

  auto make_behavior() -> caf::behavior override {
    return {
        [this](const actors::retire_request&) { note("request"); },
        [this](const actors::retire_refused&) { note("refused"); },
    };
  }

 private:
  void note(const char* what) {
    told_->change([&](log& l) { l.emplace_back(what); });
  }

  std::shared_ptr<awaited<log>> told_;
};

}  // namespace

TEST_CASE("a conversation that does not exist is not found and offers to retire",
          "[actors][conversation]") {
  actor_world world;
  const auto told = std::make_shared<awaited<registry_spy::log>>();
  world.env().registry = world.keep(world.system().spawn<registry_spy>(told));
  const chat::conversation_id nowhere{chat::system_ids().next(noon)};
  const auto owner = world.spawn_owner(world.home(), nowhere);
  asking me{world.system()};
  const auto refused = me.ask(owner, caller_of(alice), say(nowhere, "hello"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::not_found);
  const auto caught = me.ask(owner, caller_of(alice), chat::catch_up{nowhere, 0, {}});
  REQUIRE(caught);
  CHECK_FALSE(caught->recovered);
  CHECK(caught->last_seq == 0);
  CHECK(told->until([](const auto& l) { return l == registry_spy::log{"request"}; }));
}

TEST_CASE("a conversation that cannot be loaded is unavailable and tries again",
          "[actors][conversation]") {
  actor_world world;
  const auto room = world.make_group({alice, bob});
  world.home().reads.cut_reads(true);
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  const auto refused = me.ask(owner, caller_of(alice), say(room, "hello"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unavailable);
  world.home().reads.cut_reads(false);
  REQUIRE(world.home().reads.saw_calls("load", world.home().reads.calls("load") + 1));
  CHECK(me.ask(owner, caller_of(alice), say(room, "hello")));
}

TEST_CASE_METHOD(impatient_group_world,
                 "a look-up that ends while the conversation reloads does not post on old numbers",
                 "[actors][conversation][reload]") {
  const auto first = me.ask(owner, caller_of(alice), say(room, "one"));
  REQUIRE(first);
  // A reply waits for the message it answers to be found ...
  auto& reads = home().reads;
  reads.hold("locate");
  auto answer = me.begin(owner, caller_of(bob), answer_to(room, first->id, "a reply"));
  REQUIRE(reads.is_held("locate"));
  // ... while an outage makes the owner step down from seqs that were never stored.
  home().writes.cut_appends(true);
  std::vector<awaited_post> never_stored;
  for (int i = 0; i < 3; ++i)
    never_stored.push_back(me.begin(owner, caller_of(alice), say(room, "never stored")));
  for (auto& one : never_stored) CHECK_FALSE(one());
  home().writes.cut_appends(false);
  reads.let_go("locate");
  (void)answer();
  const auto next = me.ask(owner, caller_of(alice), say(room, "two"));
  REQUIRE(next);
  const auto history = this->history(room);
  CHECK(seqs_of(history) == range(1, history.size()));
  CHECK(history.back().id == next->id);
  CHECK(backlog_empties());
}

TEST_CASE("typing ends although the store was away when it should have",
          "[actors][conversation][reload]") {
  actor_world world{[](config::options& o) {
    give_up_soon(o);
    o.chat.typing_ms = 600;
  }};
  const auto room = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  REQUIRE(me.ask(owner, caller_of(alice), chat::typing{room, true}));
  world.home().writes.cut_appends(true);
  world.home().reads.cut_reads(true);
  CHECK_FALSE(me.ask(owner, caller_of(bob), say(room, "lost")));
  // Its reloads fail, one every 200 ms, until typing should have ended.
  REQUIRE(world.home().reads.saw_calls("load", 6));
  world.home().writes.cut_appends(false);
  world.home().reads.cut_reads(false);
  CHECK(world.until([](const network_log& log) {
    const auto typed = shown_events<chat::typing_changed>(log);
    return typed.size() == 2 && typed[0].active && !typed[1].active;
  }));
}

TEST_CASE("a conversation that owes an answer does not retire", "[actors][conversation][retire]") {
  actor_world world;
  const auto told = std::make_shared<awaited<registry_spy::log>>();
  world.env().registry = world.keep(world.system().spawn<registry_spy>(told));
  const auto room = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  REQUIRE(me.ask(owner, caller_of(alice), say(room, "one")));
  world.home().reads.hold("messages");
  auto page = me.begin(owner, caller_of(alice), chat::read_page{room, 1, 50}, milliseconds{5'000});
  REQUIRE(world.home().reads.is_held("messages"));
  me.self()->send(owner, actors::retire{});
  CHECK(told->until([](const auto& l) { return l == registry_spy::log{"refused"}; },
                    milliseconds{3'000}));
  world.home().reads.let_go("messages");
  const auto got = page();
  REQUIRE(got);
  CHECK(got->messages.size() == 1);
}

TEST_CASE("an idle conversation asks to retire, and goes when it may",
          "[actors][conversation][retire]") {
  actor_world world{[](config::options& o) { o.chat.idle_ms = 30; }};
  const auto told = std::make_shared<awaited<registry_spy::log>>();
  world.env().registry = world.keep(world.system().spawn<registry_spy>(told));
  const auto room = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  REQUIRE(told->until([](const auto& l) { return !l.empty() && l.front() == "request"; }));
  asking me{world.system()};
  me.self()->monitor(owner);
  me.self()->send(owner, actors::retire{});
  bool gone = false;
  me.self()->receive([&](const caf::down_msg& down) { gone = down.source == owner; },
                     caf::after(patience) >> [] {});
  CHECK(gone);
}

TEST_CASE_METHOD(immediate_group_world,
                 "catch-up in immediate mode does not repeat what the caller has",
                 "[actors][conversation][catch-up]") {
  REQUIRE(me.ask(owner, caller_of(alice), say(room, "one")));
  home().writes.hold("append");
  std::vector<awaited_post> answers;
  for (const auto* text : {"two", "three", "four"})
    answers.push_back(me.begin(owner, caller_of(alice), say(room, text)));
  REQUIRE(saw_fan_outs(4));
  const auto caught = me.ask(owner, caller_of(bob), chat::catch_up{room, 4, {}});
  REQUIRE(caught);
  CHECK(caught->recovered);
  CHECK(texts_of(caught->entries) == std::vector<std::string>{"four"});
  CHECK(caught->last_seq == 5);
  const auto held = shown_events<chat::message_posted>(log())[2].message.id;
  const auto with_id = me.ask(owner, caller_of(bob), chat::catch_up{room, 4, held.value});
  REQUIRE(with_id);
  CHECK(with_id->recovered);
  CHECK(texts_of(with_id->entries) == std::vector<std::string>{"four"});
  const auto all = me.ask(owner, caller_of(bob), chat::catch_up{room, 1, {}});
  REQUIRE(all);
  CHECK(texts_of(all->entries) == std::vector<std::string>{"one", "two", "three", "four"});
  home().writes.let_go("append");
  for (auto& answer : answers) CHECK(answer());
}

TEST_CASE("a message deleted twice at once is deleted once", "[actors][conversation]") {
  // Both deletes read the message before either is stored.
  actor_world world;
  const auto room = world.make_group({alice, bob});
  const auto owner = world.spawn_owner(world.home(), room);
  asking me{world.system()};
  const auto first = me.ask(owner, caller_of(alice), say(room, "one"));
  REQUIRE(first);
  world.home().writes.hold("append");
  auto one = me.begin(owner, caller_of(alice), chat::delete_message{first->id});
  auto two = me.begin(owner, caller_of(alice), chat::delete_message{first->id});
  auto edit = me.begin(owner, caller_of(alice), chat::edit_message{first->id, "after all"});
  REQUIRE(world.home().reads.saw_calls("locate", 3));
  REQUIRE(world.home().writes.is_held("append"));
  world.home().writes.let_go("append");
  CHECK(one());
  CHECK(two());
  CHECK_FALSE(edit());
  CHECK(world.history(room).size() == 3);
}
