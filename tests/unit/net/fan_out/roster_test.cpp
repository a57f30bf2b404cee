#include "net/fan_out/roster.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::net;
using namespace parley::test;

namespace {

struct nobody final : event_listener {
  auto format() const -> const event_format& override { return spoken; }
  void push(const frame_ptr&) override {}
  auto is_caught_up() const -> bool override { return true; }
  void on_answer(std::uint64_t, const chat::outcome&) override {}
  event_format spoken;
};

auto people(std::vector<chat::user_id> users) -> chat::people {
  return std::make_shared<const std::vector<chat::user_id>>(std::move(users));
}

auto keys(const std::vector<roster::seat*>& seats) -> std::vector<std::uint64_t> {
  std::vector<std::uint64_t> found;
  for (const auto* one : seats) found.push_back(one->key);
  std::sort(found.begin(), found.end());
  return found;
}

/// alice on 1 and 2, bob on 3, carol on 4.
struct full_house {
  full_house() {
    who_is_here.add(1, listener, alice);
    who_is_here.add(2, listener, alice);
    who_is_here.add(3, listener, bob);
    who_is_here.add(4, listener, carol);
  }
  auto joined(const chat::people& of) { return keys(who_is_here.audience_of(room, of).joined); }
  auto others(const chat::people& of) { return keys(who_is_here.audience_of(room, of).others); }

  nobody listener;
  roster who_is_here;
  chat::conversation_id room{chat::system_ids().next(noon)};
  chat::conversation_id elsewhere{chat::system_ids().next(noon)};
};

using list = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("an audience is the participants' connections, those that joined apart",
          "[net][roster]") {
  full_house h;
  const auto members = people({alice, bob, dave});
  CHECK(h.joined(members).empty());
  CHECK(h.others(members) == list{1, 2, 3});
  h.who_is_here.join(2, h.room);
  h.who_is_here.join(2, h.room);
  CHECK(h.joined(members) == list{2});
  CHECK(h.others(members) == list{1, 3});
  h.who_is_here.leave(2, h.room);
  h.who_is_here.leave(2, h.room);
  CHECK(h.joined(members).empty());
  CHECK(h.others(members) == list{1, 2, 3});
}

TEST_CASE("joining without being a participant lets nobody hear", "[net][roster]") {
  full_house h;
  h.who_is_here.join(4, h.room);
  const auto members = people({alice, bob});
  CHECK(h.joined(members).empty());
  CHECK(h.others(members) == list{1, 2, 3});
}

TEST_CASE("an audience follows who comes, goes, joins and is a member", "[net][roster]") {
  full_house h;
  const auto members = people({alice, bob});
  h.who_is_here.join(1, h.room);
  CHECK(h.joined(members) == list{1});
  h.who_is_here.add(5, h.listener, bob);
  CHECK(h.others(members) == list{2, 3, 5});
  h.who_is_here.join(5, h.room);
  CHECK(h.joined(members) == list{1, 5});
  h.who_is_here.remove(1);
  CHECK(h.joined(members) == list{5});
  CHECK(h.others(members) == list{2, 3});
  const auto fewer = people({alice});
  CHECK(h.joined(fewer).empty());
  CHECK(h.others(fewer) == list{2});
  CHECK(h.joined(members) == list{5});
}

TEST_CASE("an audience that nothing changed is the same object", "[net][roster]") {
  full_house h;
  const auto members = people({alice, bob});
  h.who_is_here.join(1, h.room);
  const auto* first = h.who_is_here.audience_of(h.room, members).joined.data();
  CHECK(h.who_is_here.audience_of(h.room, members).joined.data() == first);
}

TEST_CASE("without participants whoever joined hears: the lobby", "[net][roster]") {
  full_house h;
  CHECK(h.joined(nullptr).empty());
  h.who_is_here.join(1, h.room);
  h.who_is_here.join(4, h.room);
  CHECK(h.joined(nullptr) == list{1, 4});
  CHECK(h.others(nullptr).empty());
  h.who_is_here.remove(4);
  CHECK(h.joined(nullptr) == list{1});
}

TEST_CASE("connections are found by user and all together", "[net][roster]") {
  full_house h;
  const auto of_alice = h.who_is_here.of_user(alice);
  CHECK(keys({of_alice.begin(), of_alice.end()}) == list{1, 2});
  CHECK(h.who_is_here.of_user(dave).empty());
  CHECK(keys(h.who_is_here.everyone()) == list{1, 2, 3, 4});
  h.who_is_here.remove(1);
  h.who_is_here.remove(2);
  h.who_is_here.remove(2);
  CHECK(h.who_is_here.of_user(alice).empty());
  CHECK(h.who_is_here.size() == 2);
}

TEST_CASE("connections of one user share its identity", "[net][roster]") {
  full_house h;
  const auto* const identity = h.who_is_here.identity_of(alice);
  REQUIRE(identity != nullptr);
  for (const auto* who : h.who_is_here.everyone())
    CHECK((&who->user == identity) == (who->user == alice));
  CHECK(h.who_is_here.identity_of(dave) == nullptr);
}

TEST_CASE("a connection that goes leaves every conversation it joined", "[net][roster]") {
  full_house h;
  const auto members = people({alice});
  h.who_is_here.join(1, h.room);
  h.who_is_here.join(1, h.elsewhere);
  h.who_is_here.remove(1);
  CHECK(h.joined(members).empty());
  CHECK(h.who_is_here.audience_of(h.elsewhere, members).joined.empty());
  h.who_is_here.join(99, h.room);
  CHECK(h.joined(members).empty());
}

TEST_CASE("a user who is removed has left with every connection", "[net][roster]") {
  full_house h;
  const auto members = people({alice, bob});
  for (const std::uint64_t key : {1, 2, 3}) h.who_is_here.join(key, h.room);
  h.who_is_here.join(1, h.elsewhere);
  h.who_is_here.leave_all(alice, h.room);
  CHECK(h.joined(members) == list{3});
  CHECK(h.others(members) == list{1, 2});
  CHECK(keys(h.who_is_here.audience_of(h.elsewhere, members).joined) == list{1});
}

TEST_CASE("of a conversation at rest only who joined is remembered", "[net][roster]") {
  full_house h;
  const auto members = people({alice, bob});
  h.who_is_here.join(1, h.room);
  CHECK(h.joined(members) == list{1});
  CHECK(members.use_count() > 1);
  h.who_is_here.rest(h.room);
  CHECK(members.use_count() == 1);
  CHECK(h.joined(members) == list{1});
  CHECK(h.others(members) == list{2, 3});
  h.who_is_here.rest(h.elsewhere);
}
