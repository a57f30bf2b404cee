// Listening, typing and receipts.

#include <catch2/catch.hpp>

#include "tests/support/actor_world.hpp"

using namespace parley;
using namespace parley::test;
using chat::audience;
using chat::errc;
using chat::message_status;

namespace {

struct live_world : actor_world {
  explicit live_world(const std::function<void(config::options&)>& adjust = {})
      : actor_world(adjust), me(system()) {}

  template <class Command>
  auto ask(const chat::user_id& user, Command what) {
    return me.ask(owner, caller_of(user, 5), std::move(what));
  }
  template <class Event>
  auto last() const -> network_log::shown {
    const auto all = log().fan_outs;
    for (auto at = all.rbegin(); at != all.rend(); ++at)
      if (std::holds_alternative<Event>(at->what.what)) return *at;
    return {};
  }

  asking me;
  chat::conversation_id room = make_group({alice, bob, carol});
  caf::actor owner = spawn_owner(home(), room);
};

}  // namespace

TEST_CASE("only members join, and their connection is subscribed", "[actors][live]") {
  live_world world;
  REQUIRE(world.ask(alice, chat::join{world.room}));
  REQUIRE(world.ask(alice, chat::leave_live{world.room}));
  CHECK(world.ask(dave, chat::join{world.room}).error().code == errc::not_found);
  CHECK(world.ask(dave, chat::leave_live{world.room}).error().code == errc::not_found);
  REQUIRE(world.until([](const network_log& log) { return log.unsubscribed.size() == 1; }));
  const auto log = world.log();
  REQUIRE(log.subscribed.size() == 1);
  CHECK(log.subscribed[0].connection == 5);
  CHECK(log.subscribed[0].conversation == world.room);
  CHECK(log.unsubscribed[0].connection == 5);
}

TEST_CASE("typing is announced to the others and ends by itself", "[actors][live]") {
  live_world world{[](config::options& o) { o.chat.typing_ms = 50; }};
  REQUIRE(world.ask(alice, chat::typing{world.room, true}));
  REQUIRE(world.ask(alice, chat::typing{world.room, true}));
  REQUIRE(world.saw<chat::typing_changed>(2));
  const auto typed = shown_events<chat::typing_changed>(world.log());
  CHECK(typed[0].active);
  CHECK_FALSE(typed[1].active);
  CHECK(world.last<chat::typing_changed>().what.to == audience::joined_others);
  CHECK(world.last<chat::typing_changed>().what.actor == alice);
  CHECK(world.ask(dave, chat::typing{world.room, true}).error().code == errc::not_found);
}

TEST_CASE("typing ends on StopTyping and on the typist's message, once", "[actors][live]") {
  live_world world;
  REQUIRE(world.ask(alice, chat::typing{world.room, true}));
  REQUIRE(world.ask(alice, chat::typing{world.room, false}));
  REQUIRE(world.ask(alice, chat::typing{world.room, false}));
  REQUIRE(world.ask(bob, chat::typing{world.room, true}));
  REQUIRE(world.ask(bob, say(world.room, "hello")));
  REQUIRE(world.ask(bob, chat::typing{world.room, false}));
  REQUIRE(world.saw<chat::message_posted>());
  std::vector<bool> states;
  for (const auto& one : shown_events<chat::typing_changed>(world.log()))
    states.push_back(one.active);
  CHECK(states == std::vector{true, false, true, false});
}

TEST_CASE("a large conversation shows no typing, and receipts to the reader alone",
          "[actors][live]") {
  live_world world{[](config::options& o) { o.chat.large_conversation = 2; }};
  REQUIRE(world.ask(alice, chat::typing{world.room, true}));
  REQUIRE(world.ask(alice, say(world.room, "hello")));
  REQUIRE(world.ask(bob, chat::mark{world.room, message_status::read, 0}));
  REQUIRE(world.saw<chat::receipt>());
  CHECK(shown_events<chat::typing_changed>(world.log()).empty());
  CHECK(world.last<chat::receipt>().what.to == audience::actor_only);
}

TEST_CASE("reading is told with how far, and once", "[actors][live]") {
  live_world world;
  REQUIRE(world.ask(alice, say(world.room, "one")));
  REQUIRE(world.ask(alice, say(world.room, "two")));
  REQUIRE(world.ask(bob, chat::mark{world.room, message_status::read, 2}));
  REQUIRE(world.ask(bob, chat::mark{world.room, message_status::read, 2}));
  REQUIRE(world.ask(bob, chat::mark{world.room, message_status::read, 1'000}));
  REQUIRE(world.ask(bob, chat::mark{world.room, message_status::delivered, 0}));
  REQUIRE(world.ask(carol, say(world.room, "three")));
  REQUIRE(world.saw<chat::message_posted>(3));
  const auto receipts = shown_events<chat::receipt>(world.log());
  REQUIRE(receipts.size() == 2);
  CHECK(receipts[0].up_to_seq == 2);
  CHECK(receipts[1].up_to_seq == 3);
  CHECK(receipts[1].user == bob);
  CHECK(receipts[1].status == message_status::read);
  CHECK(world.last<chat::receipt>().what.to == audience::everyone);
  CHECK(world.ask(dave, chat::mark{world.room, message_status::read, 0}).error().code ==
        errc::not_found);
}

TEST_CASE("messages that reached a connection are told as delivered", "[actors][live]") {
  live_world world;
  const auto posted = world.ask(alice, say(world.room, "one"));
  REQUIRE(posted);
  const actors::delivered_to report{{{bob, posted->seq}, {carol, 999}, {dave, posted->seq}}};
  world.me.self()->send(world.owner, report);
  world.me.self()->send(world.owner, report);
  REQUIRE(world.saw<chat::receipt>(2));
  const auto page = world.ask(alice, chat::read_page{world.room, 1, 50});
  REQUIRE(page);
  CHECK(page->messages[0].status == message_status::delivered);
  const auto receipts = shown_events<chat::receipt>(world.log());
  REQUIRE(receipts.size() == 2);
  for (const auto& one : receipts) {
    CHECK(one.status == message_status::delivered);
    CHECK(one.up_to_seq == posted->seq);
  }
}

TEST_CASE("who was removed hears of it and of nothing after", "[actors][live]") {
  live_world world;
  REQUIRE(world.ask(alice, chat::remove_participant{world.room, bob}));
  REQUIRE(world.ask(alice, say(world.room, "without bob")));
  REQUIRE(world.saw<chat::message_posted>());
  const auto removed = world.last<chat::participant_removed>().what;
  CHECK(removed.departed == bob);
  CHECK(*removed.participants == std::vector{alice, carol});
  const auto message = world.last<chat::message_posted>().what;
  CHECK(message.departed.value.empty());
  CHECK(*message.participants == std::vector{alice, carol});
}

TEST_CASE("an owner who leaves is succeeded, and both are stored", "[actors][live]") {
  live_world world;
  REQUIRE(world.ask(alice, chat::remove_participant{world.room, {}}));
  REQUIRE(world.saw<chat::role_changed>());
  CHECK(std::get<chat::role_changed>(world.last<chat::role_changed>().what.what).user == bob);
  REQUIRE(world.backlog_empties());
  const auto record = world.store().load(world.room, 0);
  REQUIRE((record && *record));
  CHECK((*record)->members[0].user == bob);
  CHECK((*record)->members[0].role == chat::member_role::owner);
}

TEST_CASE("pages and stretches show a member its window", "[actors][live]") {
  live_world world;
  for (int i = 1; i <= 5; ++i)
    REQUIRE(world.ask(alice, say(world.room, "m" + std::to_string(i))));
  REQUIRE(world.ask(alice, chat::add_participants{world.room, {dave}}));
  REQUIRE(world.ask(alice, say(world.room, "m6")));
  const auto all = world.ask(bob, chat::read_page{world.room, 1, 4});
  REQUIRE(all);
  CHECK(all->total == 6);
  REQUIRE(all->messages.size() == 4);
  CHECK(all->messages.front().message.content == "m3");
  const auto rest = world.ask(bob, chat::read_page{world.room, 2, 4});
  REQUIRE(rest->messages.size() == 2);
  CHECK(rest->messages.front().message.content == "m1");
  CHECK(world.ask(bob, chat::read_page{world.room, 3, 4})->messages.empty());
  const auto window = world.ask(dave, chat::read_page{world.room, 1, 50});
  REQUIRE(window);
  CHECK(window->total == 1);
  CHECK(window->messages.front().message.content == "m6");
  chat::read_stretch stretch;
  stretch.conversation = world.room;
  stretch.limit = 2;
  const auto newest = world.ask(bob, stretch);
  REQUIRE(newest);
  CHECK(newest->has_more);
  CHECK(newest->messages.size() == 2);
  CHECK(newest->messages.back().message.content == "m6");
  CHECK_FALSE(world.ask(dave, stretch)->has_more);
  stretch.after_given = true;
  const auto oldest = world.ask(bob, stretch);
  CHECK(oldest->messages.front().message.content == "m1");
  CHECK(oldest->has_more);
  stretch.after_given = false;
  stretch.around = 4;
  stretch.limit = 3;
  const auto around = world.ask(bob, stretch);
  REQUIRE(around->messages.size() == 3);
  CHECK(around->messages[1].message.seq == 4);
  CHECK(around->has_more);
  CHECK_FALSE(world.ask(carol, chat::catch_up{world.room, 0, {}})->entries.empty());
  const auto caught = world.ask(dave, chat::catch_up{world.room, 0, {}});
  REQUIRE(caught);
  CHECK(caught->recovered);
  CHECK(caught->entries.size() == 1);
  CHECK(caught->last_seq == 8);
}

TEST_CASE_METHOD(immediate_group_world,
                 "with immediate delivery a cursor waits until what it stands for is stored",
                 "[actors][conversation][receipts]") {
  const auto cursor_of_bob = [&](const chat::caught_up& answer) {
    for (const auto& one : answer.cursors)
      if (one.user == bob) return one.cursors.read_seq;
    return std::uint64_t{0};
  };
  chat::catch_up from_the_start;
  from_the_start.conversation = room;
  home().writes.hold("append");
  auto said = me.begin(owner, caller_of(alice), say(room, "one"));
  REQUIRE(saw_fan_outs(1));
  const auto read = chat::mark{room, chat::message_status::read, 0};
  REQUIRE(me.ask(owner, caller_of(bob), read));
  CHECK(cursor_of_bob(*me.ask(owner, caller_of(bob), from_the_start)) < 2);
  home().writes.let_go("append");
  REQUIRE(said());
  CHECK(cursor_of_bob(*me.ask(owner, caller_of(bob), from_the_start)) == 2);
  CHECK(saw<chat::receipt>());
}
