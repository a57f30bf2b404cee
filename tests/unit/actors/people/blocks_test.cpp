#include "actors/people/blocks.hpp"

#include <catch2/catch.hpp>

#include "actors/conversation/registry.hpp"
#include "actors/people/presence.hpp"
#include "tests/support/actor_world.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;

namespace {

struct blocks_world : actor_world {
  explicit blocks_world(std::string scope = "contacts")
      : actor_world([=](config::options& o) {
          o.presence.grace_ms = 0;
          o.presence.scope = scope;
        }) {
    env().registry = keep(system().spawn<actors::conversation_registry>(env()));
    env().presence = keep(system().spawn<actors::presence_actor>(env()));
    env().blocks = keep(system().spawn<actors::blocks_actor>(env()));
  }

  auto set(const chat::user_id& by, const chat::user_id& whom, bool is_blocked = true) {
    return me.ask(env().blocks, caller_of(by), chat::set_block{whom, is_blocked});
  }
  auto open(const chat::user_id& by, std::vector<chat::user_id> with,
            chat::conversation_type type = chat::conversation_type::direct) {
    chat::create_conversation what;
    what.type = type;
    what.participants = std::move(with);
    return me.ask(env().registry, caller_of(by), what);
  }
  auto owner_of(chat::conversation_id id) -> caf::actor {
    caf::actor found;
    me.self()->request(env().registry, patience, actors::find_conversation{id})
        .receive([&](const caf::actor& owner) { found = owner; },
                 [](const caf::error&) { FAIL("no owner"); });
    return found;
  }
  void arrive(const chat::user_id& user) {
    caf::anon_send(env().presence, actors::arrived{user, 0, 1});
  }

  asking me{system()};
};

template <class Result>
auto code_of(const Result& result) -> errc {
  return result ? errc::none : result.error().code;
}

}  // namespace

TEST_CASE("a block holds in the open conversation as soon as it is answered", "[actors][blocks]") {
  blocks_world world;
  const auto pair = world.open(alice, {bob});
  REQUIRE(pair);
  const auto owner = world.owner_of(pair->id);
  REQUIRE(world.me.ask(owner, caller_of(bob), say(pair->id, "hello")));
  REQUIRE(world.set(alice, bob));
  const auto refused = world.me.ask(owner, caller_of(bob), say(pair->id, "hello?"));
  const auto stranger = world.me.ask(owner, caller_of(carol), say(pair->id, "hello?"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == stranger.error());
  CHECK(code_of(world.me.ask(owner, caller_of(alice), say(pair->id, "so"))) == errc::forbidden);
  CHECK(code_of(world.me.ask(owner, caller_of(bob), chat::typing{pair->id, true})) ==
        errc::not_found);
  REQUIRE(world.set(alice, bob, false));
  CHECK(world.me.ask(owner, caller_of(bob), say(pair->id, "thanks")));
}

TEST_CASE("posting asks the store for no blocks", "[actors][blocks]") {
  blocks_world world;
  const auto pair = world.open(alice, {bob});
  REQUIRE(pair);
  const auto owner = world.owner_of(pair->id);
  const auto asked = world.home().reads.calls("blocks_between");  // when it was looked for
  for (int i = 0; i < 20; ++i) REQUIRE(world.me.ask(owner, caller_of(bob), say(pair->id, "x")));
  CHECK(world.home().reads.calls("blocks_between") == asked);
  CHECK(world.home().rooms.calls("blocks_between") == 1);  // when it was made
}

TEST_CASE("who is blocked opens no conversation, and is told what a guest's id would",
          "[actors][blocks]") {
  blocks_world world;
  const auto before = world.open(bob, {alice});
  REQUIRE(before);
  REQUIRE(world.set(alice, bob));
  const auto group = chat::conversation_type::group;
  const auto nobody = world.open(bob, {{"guest:x"}});
  REQUIRE_FALSE(nobody);
  for (const auto& refused : {world.open(bob, {alice}), world.open(bob, {carol, alice}, group)}) {
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == nobody.error());
  }
  CHECK(world.open(carol, {alice, bob}, group));
  const auto own = world.open(bob, {carol}, group);
  REQUIRE(own);
  const auto added = world.me.ask(world.owner_of(own->id), caller_of(bob),
                                  chat::add_participants{own->id, {dave, alice}});
  REQUIRE_FALSE(added);
  CHECK(added.error() == nobody.error());
}

TEST_CASE("who is blocked sees a user who is never there", "[actors][blocks]") {
  const auto scope = GENERATE(std::string{"contacts"}, std::string{"all"});
  blocks_world world{scope};
  REQUIRE(world.open(alice, {bob}));
  world.arrive(alice);
  REQUIRE(world.until([](const network_log& log) { return log.notices.size() >= 2; }));
  REQUIRE(world.set(alice, bob));
  REQUIRE(world.until([](const network_log& log) { return log.notices.size() >= 3; }));
  const auto told = world.log().notices.back();
  CHECK(*told.users == std::vector{bob});
  CHECK_FALSE(std::get<chat::presence_changed>(told.what).online);
  const auto seen = world.me.ask(world.env().presence, caller_of(bob), chat::get_presence{{alice}});
  REQUIRE(seen);
  CHECK_FALSE(seen->front().online);
  CHECK_FALSE(seen->front().last_seen_at);
  REQUIRE(world.set(alice, bob));  // once more changes nothing
  REQUIRE(world.set(alice, bob, false));
  REQUIRE(world.until([](const network_log& log) { return log.notices.size() >= 4; }));
  CHECK(std::get<chat::presence_changed>(world.log().notices.back().what).online);
  CHECK(world.log().notices.size() == 4);
}

TEST_CASE("an arrival is not told to whom the user has blocked", "[actors][blocks]") {
  blocks_world world;
  REQUIRE(world.open(alice, {bob}));
  REQUIRE(world.open(alice, {carol}));
  REQUIRE(world.set(alice, bob));
  world.arrive(alice);
  REQUIRE(world.until([](const network_log& log) {
    return !log.notices.empty() &&
           std::holds_alternative<chat::presence_changed>(log.notices.back().what);
  }));
  const auto told = world.log().notices.back();
  CHECK(*told.users == std::vector{bob, carol});
  REQUIRE(told.except);
  CHECK(*told.except == std::vector{bob});
}

TEST_CASE("nobody blocks itself", "[actors][blocks]") {
  blocks_world world;
  CHECK(code_of(world.set(alice, alice)) == errc::bad_request);
}

TEST_CASE("receipts of who has blocked the other stay its own", "[actors][blocks]") {
  blocks_world world;
  const auto pair = world.open(alice, {bob});
  REQUIRE(pair);
  const auto owner = world.owner_of(pair->id);
  REQUIRE(world.me.ask(owner, caller_of(bob), say(pair->id, "hello")));
  REQUIRE(world.set(alice, bob));
  REQUIRE(world.me.ask(owner, caller_of(alice),
                       chat::mark{pair->id, chat::message_status::read, 0}));
  REQUIRE(world.saw<chat::receipt>());
  for (const auto& [by, what] : world.log().fan_outs)
    if (std::holds_alternative<chat::receipt>(what.what))
      CHECK(what.to == chat::audience::actor_only);
}
