#include "actors/session/actor.hpp"

#include <catch2/catch.hpp>

#include "actors/conversation/finder.hpp"
#include "actors/conversation/registry.hpp"
#include "actors/people/presence.hpp"
#include "actors/people/profiles.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/expectations.hpp"
#include "tests/support/thread_host.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;

namespace {

void no_limits(config::options& o) { o.limits.enabled = false; }

/// A world with everything a session talks to, and an io thread for sessions.
struct session_world : actor_world {
  explicit session_world(const std::function<void(config::options&)>& adjust = no_limits)
      : actor_world(adjust) {
    env().registry = keep(system().spawn<actors::conversation_registry>(env()));
    env().lanes.front().finder = actors::spawn_finder(system(), host, env());
    keep(env().lanes.front().finder.handle);
    env().presence = keep(system().spawn<actors::presence_actor>(env()));
    env().budgets = &budgets;
    env().profiles = keep(system().spawn<actors::profiles_actor>(env()));
  }
  ~session_world() { end(); }

  auto session_of(const chat::user_id& user, std::uint64_t connection, bool is_hub = false)
      -> caf::actor {
    actors::session_start start;
    start.caller = {user, user.value, 0, connection};
    start.profile.user = user;
    start.is_hub = is_hub;
    return keep(actors::spawn_session(system(), host, env(), std::move(start)));
  }

  void execute(const caf::actor& session, std::uint64_t ticket, chat::request what) {
    caf::anon_send(session, actors::execute{ticket, std::move(what), {}});
  }

  /// The outcome that came for a ticket.
  auto outcome_of(std::uint64_t ticket) -> chat::outcome {
    const auto has = [ticket](const actors::answered& a) { return a.ticket == ticket; };
    const bool came = until([&](const network_log& log) {
      return std::any_of(log.answers.begin(), log.answers.end(), has);
    });
    if (!came) return chat::unexpected{no_answer, "nothing came in time"};
    const auto all = log().answers;
    return std::find_if(all.begin(), all.end(), has)->outcome;
  }

  thread_host host{system()};
  actors::user_budgets budgets{env().options};
};

}  // namespace

TEST_CASE("commands of one session keep their order while the way is looked up",
          "[actors][session]") {
  session_world world;
  const auto room = world.make_group({alice, bob});
  world.home().reads.hold("load");
  const auto session = world.session_of(alice, 1);
  for (std::uint64_t i = 1; i <= 50; ++i)
    world.execute(session, i, say(room, "m" + std::to_string(i)));
  REQUIRE(world.home().reads.is_held("load"));
  world.home().reads.let_go("load");
  for (std::uint64_t i = 1; i <= 50; ++i) {
    const auto outcome = world.outcome_of(i);
    REQUIRE(outcome);
    CHECK(std::get<chat::posted>(*outcome).seq == i + 1);
  }
  CHECK(seqs_of(world.history(room)) == range(1, 51));
}

TEST_CASE("commands whose way nobody knows any more are answered", "[actors][session]") {
  session_world world;
  const auto room = world.make_group({alice, bob});
  const auto session = world.session_of(alice, 1);
  caf::anon_send_exit(world.env().lanes[0].finder.handle, caf::exit_reason::kill);
  for (std::uint64_t ticket = 1; ticket <= 3; ++ticket) {
    world.execute(session, ticket, say(room, "anybody?"));
    const auto outcome = world.outcome_of(ticket);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == errc::unavailable);
  }
}

TEST_CASE("nothing is kept of conversations that were used once", "[actors][session][retire]") {
  session_world world{[](config::options& o) {
    no_limits(o);
    o.chat.idle_ms = 20;
  }};
  const auto session = world.session_of(alice, 1);
  asking me{world.system()};
  const auto owner_of = [&](chat::conversation_id room) {
    caf::weak_actor_ptr found;
    me.self()
        ->request(world.env().lanes[0].finder.handle, patience, actors::find_conversation{room})
        .receive(
            [&](const caf::actor& owner) { found = caf::actor_cast<caf::weak_actor_ptr>(owner); },
            [](const caf::error&) {});
    return found;
  };
  std::vector<caf::weak_actor_ptr> owners;
  for (std::uint64_t ticket = 1; ticket <= 300; ++ticket) {
    const auto room = world.make_group({alice, bob});
    world.execute(session, ticket, say(room, "once"));
    REQUIRE(world.outcome_of(ticket));
    owners.push_back(owner_of(room));
    REQUIRE(owners.back());
  }
  const auto has_retired = [](const network_log& log, const caf::weak_actor_ptr& owner) {
    return std::any_of(log.retired.begin(), log.retired.end(),
                       [&](const auto& one) { return one.owner == owner->aid; });
  };
  REQUIRE(world.until([&](const network_log& log) {
    return std::all_of(owners.begin(), owners.end(),
                       [&](const auto& owner) { return has_retired(log, owner); });
  }));
  // By this answer each of the threads has done what it was given before.
  world.execute(session, 301, say(world.make_group({alice, bob}), "the last"));
  REQUIRE(world.outcome_of(301));
  // What keeps an actor's memory is a reference of any kind: these are the test's own.
  for (const auto& owner : owners) {
    CHECK(owner->strong_refs == 0);
    CHECK(owner->weak_refs == 1);
  }
}

TEST_CASE("commands survive the retirement of their conversation, in order",
          "[actors][session][retire]") {
  session_world world{[](config::options& o) {
    no_limits(o);
    o.chat.idle_ms = 1;
  }};
  const auto room = world.make_group({alice, bob});
  const auto session = world.session_of(alice, 1);
  std::uint64_t ticket = 0;
  std::vector<std::string> expected{""};
  for (int round = 0; round < 60; ++round) {
    for (int i = 0; i < 3; ++i) {
      expected.push_back("m" + std::to_string(++ticket));
      world.execute(session, ticket, say(room, expected.back()));
    }
    const auto outcome = world.outcome_of(ticket);
    INFO(ticket << ": " << (outcome ? "" : outcome.error().detail));
    REQUIRE(outcome);
  }
  CHECK(texts_of(world.history(room)) == expected);
}

TEST_CASE("answers carry connection, ticket and refusals", "[actors][session]") {
  session_world world;
  const auto room = world.make_group({alice});
  const auto session = world.session_of(bob, 42);
  world.execute(session, 7, say(room, "hello"));
  const auto refused = world.outcome_of(7);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::not_found);
  CHECK(world.log().answers[0].connection == 42);
  world.execute(session, 8, chat::delete_message{chat::message_id{chat::system_ids().next(noon)}});
  CHECK(world.outcome_of(8).error().code == errc::not_found);
  world.execute(session, 9, chat::catch_up_all{});
  CHECK(std::get<std::vector<chat::caught_up>>(*world.outcome_of(9)).empty());
}

TEST_CASE("a message is edited and deleted by its id alone", "[actors][session]") {
  session_world world;
  const auto room = world.make_group({alice, bob});
  const auto session = world.session_of(alice, 1);
  world.execute(session, 1, say(room, "hello"));
  const auto id = std::get<chat::posted>(*world.outcome_of(1)).id;
  world.execute(session, 2, chat::edit_message{id, "changed"});
  CHECK(world.outcome_of(2));
  world.execute(session, 3, chat::delete_message{id});
  CHECK(world.outcome_of(3));
  world.execute(session, 4, chat::edit_message{id, "too late"});
  CHECK(world.outcome_of(4).error().code == errc::conflict);
}

TEST_CASE("catch-up answers in the order asked, unknown ones too", "[actors][session]") {
  session_world world;
  const auto room = world.make_group({alice});
  const auto other = world.make_group({bob});
  const auto session = world.session_of(alice, 1);
  world.execute(session, 1, say(room, "one"));
  REQUIRE(world.outcome_of(1));
  chat::catch_up_all what;
  what.conversations = {{other, 0, {}}, {room, 1, {}}, {chat::conversation_id{}, 0, {}},
                        {room, 99, {}}};
  world.execute(session, 2, what);
  const auto outcome = world.outcome_of(2);
  REQUIRE(outcome);
  const auto answers = std::get<std::vector<chat::caught_up>>(*outcome);
  REQUIRE(answers.size() == 4);
  CHECK_FALSE(answers[0].recovered);
  CHECK(answers[0].last_seq == 0);
  CHECK(answers[1].recovered);
  CHECK(texts_of(answers[1].entries) == std::vector<std::string>{"one"});
  CHECK(answers[1].last_seq == 2);
  CHECK_FALSE(answers[2].recovered);
  CHECK_FALSE(answers[3].recovered);
  CHECK(answers[3].last_seq == 2);
}

TEST_CASE("the chat list waits for what is written behind", "[actors][session]") {
  session_world world;
  const auto room = world.make_group({alice, bob});
  const auto session = world.session_of(alice, 1);
  const auto other = world.session_of(bob, 2);
  world.execute(session, 1, say(room, "one"));
  REQUIRE(world.outcome_of(1));
  world.execute(other, 2, chat::mark{room, chat::message_status::read, 0});
  REQUIRE(world.outcome_of(2));
  world.execute(other, 3, chat::list_conversations{});
  const auto outcome = world.outcome_of(3);
  REQUIRE(outcome);
  const auto list = std::get<chat::chat_list>(*outcome);
  REQUIRE(list.size() == 1);
  CHECK(list[0].unread_count == 0);
  CHECK(list[0].last_message->content == "one");
}

TEST_CASE("calls and sends have a rate by user, over all its connections and by REST",
          "[actors][session]") {
  session_world world{[](config::options& o) {
    o.limits.invocations_per_s = 0.001;
    o.limits.invocations_burst = 7;
    o.limits.sends_per_s = 0.001;
    o.limits.sends_burst = 3;
  }};
  const auto room = world.make_group({alice});
  const auto one = world.session_of(alice, 1, true);
  const auto other = world.session_of(alice, 2, true);
  for (std::uint64_t i = 1; i <= 4; ++i)
    world.execute(i % 2 == 0 ? one : other, i, say(room, "x"));
  int refused = 0;
  for (std::uint64_t i = 1; i <= 4; ++i) {
    const auto outcome = world.outcome_of(i);
    if (outcome) continue;
    ++refused;
    CHECK(outcome.error().code == errc::rate_limited);
  }
  CHECK(refused == 1);
  const auto by_rest = world.session_of(alice, 3);
  const auto read = chat::mark{room, chat::message_status::read, 0};
  world.execute(one, 5, read);
  world.execute(by_rest, 6, read);
  CHECK(world.outcome_of(5));
  CHECK(world.outcome_of(6));
  CHECK(actors::charge_call(world.env(), alice));  // what no session sees
  std::uint64_t ticket = 7;
  for (const auto& session : {one, other, by_rest, world.session_of(alice, 4, true)}) {
    world.execute(session, ++ticket, read);
    CHECK(world.outcome_of(ticket).error().code == errc::rate_limited);
  }
  CHECK_FALSE(actors::charge_call(world.env(), alice));
  CHECK(actors::charge_call(world.env(), bob));
  CHECK(actors::charge_call(world.env(), {}));
}

TEST_CASE("what a user may not do costs a call all the same", "[actors][session]") {
  session_world world{[](config::options& o) {
    o.limits.invocations_per_s = 0.001;
    o.limits.invocations_burst = 2;
  }};
  const auto session = world.session_of(alice, 1, true);
  for (std::uint64_t i = 1; i <= 3; ++i) world.execute(session, i, chat::list_jobs{});
  CHECK(world.outcome_of(2).error().code == errc::forbidden);
  CHECK(world.outcome_of(3).error().code == errc::rate_limited);
}

TEST_CASE("who is not signed in may register and sign in, and nothing else", "[actors][session]") {
  session_world world;
  const auto room = world.make_group({alice, bob});
  const auto session = world.session_of({}, 1);
  world.execute(session, 1, say(room, "hello"));
  world.execute(session, 2, chat::list_dead_letters{});
  world.execute(session, 3, chat::list_conversations{});
  for (std::uint64_t ticket = 1; ticket <= 3; ++ticket)
    CHECK(world.outcome_of(ticket).error().code == errc::unauthenticated);
}

TEST_CASE("a guest has the lobby, and nothing else", "[actors][session]") {
  session_world world;
  const auto room = world.make_group({alice, bob});
  const auto session = world.session_of({std::string{chat::guest_prefix} + "1"}, 1, true);
  world.execute(session, 1, chat::join{chat::lobby_id()});
  world.execute(session, 2, chat::join{room});
  world.execute(session, 3, chat::get_me{});
  world.execute(session, 4, chat::list_jobs{});
  CHECK(world.outcome_of(1));
  for (std::uint64_t ticket = 2; ticket <= 4; ++ticket)
    CHECK(world.outcome_of(ticket).error().code == errc::forbidden);
}

TEST_CASE("a session that ends stops the typing it began", "[actors][session]") {
  session_world world;
  const auto room = world.make_group({alice, bob});
  const auto session = world.session_of(alice, 1, true);
  world.execute(session, 1, chat::typing{room, true});
  REQUIRE(world.outcome_of(1));
  caf::anon_send(session, actors::session_over{true});
  CHECK(world.until([](const network_log& log) {
    const auto typed = shown_events<chat::typing_changed>(log);
    return typed.size() == 2 && !typed[1].active;
  }));
}
