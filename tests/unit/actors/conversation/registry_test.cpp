#include "actors/conversation/registry.hpp"

#include <catch2/catch.hpp>

#include "tests/support/actor_world.hpp"
#include "tests/support/expectations.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;

namespace {

/// A world whose home has a registry.
struct registered_world : actor_world {
  explicit registered_world(const std::function<void(config::options&)>& adjust = {})
      : actor_world(adjust) {
    env().registry = keep(system().spawn<actors::conversation_registry>(env()));
  }

  auto owner_of(asking& me, chat::conversation_id id) -> caf::actor {
    caf::actor found;
    me.self()->request(env().registry, patience, actors::find_conversation{id})
        .receive([&](const caf::actor& owner) { found = owner; }, [](const caf::error&) {});
    return found;
  }
};

auto group_with(std::vector<chat::user_id> others) {
  chat::create_conversation what;
  what.participants = std::move(others);
  return what;
}

auto direct_with(const chat::user_id& other) {
  auto what = group_with({other});
  what.type = chat::conversation_type::direct;
  return what;
}

auto many_people(std::size_t count) -> std::vector<chat::user_id> {
  std::vector<chat::user_id> users;
  for (std::size_t i = 0; i < count; ++i) users.push_back({"user-" + std::to_string(i)});
  return users;
}

}  // namespace

TEST_CASE("the registry hands out one owner for a conversation", "[actors][registry]") {
  registered_world world;
  const auto room = world.make_group({alice, bob});
  const auto other = world.make_group({alice, bob});
  asking me{world.system()};
  const auto owner = world.owner_of(me, room);
  CHECK(owner);
  CHECK(world.owner_of(me, room) == owner);
  CHECK(world.owner_of(me, other) != owner);
}

TEST_CASE("an idle conversation retires and is read again on demand", "[actors][registry]") {
  registered_world world{[](config::options& o) { o.chat.idle_ms = 30; }};
  const auto room = world.make_group({alice, bob});
  asking me{world.system()};
  const auto first = world.owner_of(me, room);
  REQUIRE(me.ask(first, caller_of(alice), say(room, "one", "k")));
  me.self()->monitor(first);
  bool gone = false;
  me.self()->receive([&](const caf::down_msg&) { gone = true; }, caf::after(patience) >> [] {});
  REQUIRE(gone);
  const auto second = world.owner_of(me, room);
  CHECK(second != first);
  const auto again = me.ask(second, caller_of(alice), say(room, "one", "k"));
  REQUIRE(again);
  CHECK(again->seq == 2);
}

TEST_CASE("no request is lost when a conversation retires all the time", "[actors][registry]") {
  registered_world world{[](config::options& o) { o.chat.idle_ms = 1; }};
  const auto room = world.make_group({alice, bob});
  asking me{world.system()};
  std::size_t stored = 0;
  for (int i = 0; i < 150; ++i) {
    const auto text = "m" + std::to_string(i);
    for (int tries = 0;; ++tries) {
      REQUIRE(tries < 1'000);
      const auto owner = world.owner_of(me, room);
      REQUIRE(owner);
      bool bounced = false;
      bool answered = false;
      me.self()->request(owner, patience, caller_of(alice), say(room, text, text))
          .receive([&](const chat::posted&) { answered = true; },
                   [&](const caf::error& why) { bounced = actors::is_receiver_down(why); });
      REQUIRE((answered || bounced));
      if (answered) break;
    }
    ++stored;
  }
  CHECK(world.history(room).size() == stored + 1);
}

TEST_CASE("a conversation that is made is told to its people", "[actors][registry]") {
  registered_world world;
  asking me{world.system()};
  auto what = group_with({bob, alice, bob});
  what.title = "ours";
  const auto made = me.ask(world.env().registry, caller_of(alice), what);
  REQUIRE(made);
  REQUIRE(world.until([](const network_log& log) { return log.notices.size() == 1; }));
  const auto notice = world.log().notices[0];
  CHECK(*notice.users == std::vector{alice, bob});
  const auto created = std::get<chat::conversation_created>(notice.what);
  CHECK(created.info.id == made->id);
  CHECK(created.info.title == "ours");
  const auto owner = world.owner_of(me, made->id);
  CHECK(me.ask(owner, caller_of(bob), say(made->id, "hello"))->seq == 2);
}

TEST_CASE("there is one conversation of two", "[actors][registry]") {
  registered_world world;
  asking me{world.system()};
  const auto first = me.ask(world.env().registry, caller_of(alice), direct_with(bob));
  const auto again = me.ask(world.env().registry, caller_of(alice), direct_with(bob));
  const auto reversed = me.ask(world.env().registry, caller_of(bob), direct_with(alice));
  REQUIRE((first && again && reversed));
  CHECK(again->id == first->id);
  CHECK(reversed->id == first->id);
  REQUIRE(world.until([](const network_log& log) { return !log.notices.empty(); }));
  CHECK(world.log().notices.size() == 1);
}

TEST_CASE("a case belongs to those who take part in it", "[actors][registry]") {
  registered_world world;
  asking me{world.system()};
  auto what = group_with({bob});
  what.case_id = "case-7";
  const auto first = me.ask(world.env().registry, caller_of(alice), what);
  REQUIRE(first);
  CHECK(me.ask(world.env().registry, caller_of(bob), what)->id == first->id);
  const auto stranger = me.ask(world.env().registry, caller_of(carol), what);
  REQUIRE_FALSE(stranger);
  CHECK(stranger.error().code == errc::conflict);
}

TEST_CASE("what makes no sense is not made", "[actors][registry]") {
  registered_world world{[](config::options& o) { o.chat.max_members = 3; }};
  asking me{world.system()};
  const auto refusal = [&](chat::create_conversation what) {
    const auto made = me.ask(world.env().registry, caller_of(alice), std::move(what));
    return made ? errc::none : made.error().code;
  };
  CHECK(refusal(direct_with(alice)) == errc::bad_request);
  auto three = direct_with(bob);
  three.participants.push_back(carol);
  CHECK(refusal(three) == errc::bad_request);
  CHECK(refusal(group_with({{"a b"}})) == errc::bad_request);
  CHECK(refusal(group_with({bob, carol, dave})) == errc::limit);
  auto lobby = group_with({bob});
  lobby.type = chat::conversation_type::lobby;
  CHECK(refusal(lobby) == errc::bad_request);
  auto strangers = direct_with(bob);
  strangers.participants = {bob, carol};
  strangers.caller_must_be_listed = true;
  CHECK(refusal(strangers) == errc::forbidden);
  auto long_title = group_with({bob});
  long_title.title = std::string(201, 'x');
  CHECK(refusal(long_title) == errc::too_long);
}

TEST_CASE("adding to a conversation of two begins a group", "[actors][registry]") {
  registered_world world;
  asking me{world.system()};
  const auto direct = me.ask(world.env().registry, caller_of(alice), direct_with(bob));
  REQUIRE(direct);
  const auto owner = world.owner_of(me, direct->id);
  const auto group =
      me.ask(owner, caller_of(alice), chat::add_participants{direct->id, {carol}});
  REQUIRE(group);
  CHECK(group->id != direct->id);
  const auto record = world.store().load(group->id, 0);
  REQUIRE((record && *record));
  CHECK((*record)->members.size() == 3);
  CHECK((*record)->info.type == chat::conversation_type::group);
}

TEST_CASE("a conversation of many is made in steps, between which others have their turns",
          "[actors][registry]") {
  registered_world world;
  asking me{world.system()};
  auto& rooms = world.home().rooms;
  rooms.hold("create_some");
  auto large = me.begin(world.env().registry, caller_of(alice), group_with(many_people(1'000)));
  REQUIRE(rooms.is_held("create_some"));
  auto small = me.begin(world.env().registry, caller_of(carol), group_with({dave}));
  rooms.let_go("create_some");
  REQUIRE(small());
  const auto made = large();
  REQUIRE(made);
  CHECK(rooms.calls("create_some") >= 2);
  CHECK((*world.store().load(made->id, 8))->members.size() == 1'001);
}

TEST_CASE("a conversation of many that one may not be in leaves nothing behind",
          "[actors][registry]") {
  registered_world world{[](config::options& o) { o.chat.max_conversations_per_user = 1; }};
  asking me{world.system()};
  const auto people = many_people(200);
  REQUIRE(world.make_group({people.back()}) != chat::conversation_id{});
  const auto made = me.ask(world.env().registry, caller_of(alice), group_with(people));
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::limit);
  // What they are in was dropped before the writer does anything else.
  REQUIRE(me.ask(world.env().registry, caller_of(people.front()), group_with({people[1]})));
}
