#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;
using chat::conversation_type;
using strings = std::vector<std::string>;

namespace {

auto waiting_for(storage::store& store, const chat::user_id& user, std::size_t limit = 500)
    -> strings {
  const auto found = store.undelivered(user, limit);
  REQUIRE(found);
  return texts(*found);
}

/// The users of `asked` that have something waiting, once per conversation, sorted.
auto who_waits(storage::store& store, std::vector<chat::user_id> asked) -> strings {
  const auto found = store.undelivered_in(asked);
  REQUIRE(found);
  strings names;
  for (const auto& [user, conversation] : *found) names.push_back(user.value);
  std::sort(names.begin(), names.end());
  return names;
}

void reached(storage::store& store, const script& room, const chat::user_id& user,
             std::uint64_t delivered, std::uint64_t read = 0) {
  const chat::cursor_row row{
      room.id(), user, {delivered, after_noon(9'000), read, after_noon(9'000)}};
  REQUIRE(store.save_cursors({&row, 1}));
}

auto at(chat::entry e, std::int64_t ms) -> chat::entry {
  e.created_at = after_noon(ms);
  return e;
}

}  // namespace

STORE_CASE("messages of others wait until they are delivered or read", "[undelivered]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const auto one = room.message(alice, "one");
  const auto own = room.message(bob, "own");
  const auto two = room.message_with_key(alice, "two", "key");
  REQUIRE(append(*db.store, {one, own, two}));
  const auto found = db.store->undelivered(bob, 500);
  REQUIRE(found);
  CHECK(*found == std::vector{one, two});
  CHECK(waiting_for(*db.store, alice) == strings{"own"});
  CHECK(who_waits(*db.store, {alice, bob, carol}) == strings{"alice", "bob"});
  reached(*db.store, room, bob, one.seq);
  CHECK(waiting_for(*db.store, bob) == strings{"two"});
  reached(*db.store, room, bob, one.seq, two.seq);
  CHECK(waiting_for(*db.store, bob).empty());
  CHECK(who_waits(*db.store, {alice, bob}) == strings{"alice"});
}

STORE_CASE("changes and deleted messages do not wait, edited ones show their present text",
           "[undelivered]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob}};
  const auto one = room.message(alice, "one");
  const auto two = room.message(alice, "two");
  REQUIRE(append(*db.store, {one, two, room.erase(one), room.edit(two, "two!")}));
  CHECK(waiting_for(*db.store, bob) == strings{"two!"});
  REQUIRE(append(*db.store, {room.erase(two)}));
  CHECK(waiting_for(*db.store, bob).empty());
  CHECK(who_waits(*db.store, {bob}).empty());
}

STORE_CASE("nothing outside a member's window waits", "[undelivered]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob}};
  REQUIRE(append(*db.store, {room.message(alice, "before"), room.add({carol})}));
  CHECK(waiting_for(*db.store, carol).empty());
  REQUIRE(append(*db.store, {room.message(alice, "after")}));
  CHECK(waiting_for(*db.store, carol) == strings{"after"});
  REQUIRE(append(*db.store, {room.remove({carol})}));
  CHECK(waiting_for(*db.store, carol).empty());
  CHECK(waiting_for(*db.store, bob) == strings{"before", "after"});
}

STORE_CASE("the lobby's messages never wait", "[undelivered]") {
  database<TestType> db;
  auto lobby = plan(conversation_type::lobby, {alice, bob});
  lobby.info.id = chat::lobby_id();
  lobby.created.conversation = chat::lobby_id();
  REQUIRE(db.store->create(lobby));
  script room{*db.store, conversation_type::group, {alice, bob}};
  auto shout = room.message(alice, "shout");
  shout.conversation = chat::lobby_id();
  REQUIRE(append(*db.store, {shout}));
  CHECK(waiting_for(*db.store, bob).empty());
  CHECK(who_waits(*db.store, {bob}).empty());
}

STORE_CASE("what waits comes oldest first over all conversations", "[undelivered]") {
  database<TestType> db;
  script one{*db.store, alice, bob};
  script other{*db.store, conversation_type::group, {carol, bob}};
  REQUIRE(append(*db.store, {at(one.message(alice, "a"), 10), at(other.message(carol, "b"), 20),
                             at(one.message(alice, "c"), 30), at(other.message(carol, "d"), 30),
                             at(one.message(alice, "e"), 40)}));
  const auto third_first = one.id() < other.id();
  const auto order =
      third_first ? strings{"a", "b", "c", "d", "e"} : strings{"a", "b", "d", "c", "e"};
  CHECK(waiting_for(*db.store, bob) == order);
  CHECK(waiting_for(*db.store, bob, 2) == strings{"a", "b"});
  CHECK(waiting_for(*db.store, bob, 0).empty());
}

STORE_CASE("a limit keeps the oldest of many conversations", "[undelivered]") {
  database<TestType> db;
  constexpr int conversations = 150;
  strings expected;
  for (int i = 0; i < conversations; ++i) {
    script room{*db.store, conversation_type::group, {alice, bob}};
    // The later a conversation was made, the older its messages.
    for (int n = 0; n < 3; ++n) {
      auto e = room.message(alice, std::to_string(conversations - i) + "." + std::to_string(n));
      REQUIRE(append(*db.store, {at(e, 10 * (conversations - i) + n)}));
    }
  }
  for (int i = 1; i <= conversations; ++i)
    for (int n = 0; n < 3; ++n) expected.push_back(std::to_string(i) + "." + std::to_string(n));
  CHECK(waiting_for(*db.store, bob, 1'000) == expected);
  expected.resize(200);
  CHECK(waiting_for(*db.store, bob, 200) == expected);
  expected.resize(1);
  CHECK(waiting_for(*db.store, bob, 1) == expected);
}

STORE_CASE("a clock that was set back leaves no hole in what a limit keeps", "[undelivered]") {
  // Back by a second, by half an hour, by three days: all of it would be before the other's messages.
  for (const std::int64_t back : {1'000, 1'800'000, 259'200'000}) {
    database<TestType> db;
    script one{*db.store, alice, bob};
    script other{*db.store, conversation_type::group, {carol, bob}};
    std::vector<chat::entry> sent;
    const std::int64_t start = 300'000'000;
    for (int i = 0; i < 35; ++i) {
      const auto time = start + i * 10 - (i >= 30 ? back : 0);
      sent.push_back(at(one.message(alice, "one " + std::to_string(i)), time));
      sent.push_back(at(other.message(carol, "other " + std::to_string(i)), time));
    }
    REQUIRE(append(*db.store, sent));
    std::map<chat::conversation_id, std::uint64_t> taken;
    std::size_t count = 0;
    for (int round = 0; round < 10; ++round) {
      const auto found = db.store->undelivered(bob, 20);
      REQUIRE(found);
      for (const auto& e : *found) {
        CHECK(e.seq == std::max<std::uint64_t>(taken[e.conversation], 1) + 1);
        taken[e.conversation] = e.seq;
      }
      count += found->size();
      reached(*db.store, one, bob, taken[one.id()]);
      reached(*db.store, other, bob, taken[other.id()]);
    }
    CHECK(count == 70);
  }
}

STORE_CASE("many users may be asked for at once", "[undelivered]") {
  database<TestType> db;
  std::vector<chat::user_id> crowd;
  for (int i = 0; i < 300; ++i) crowd.push_back({"user-" + std::to_string(i)});
  script room{*db.store, conversation_type::group, {alice}};
  REQUIRE(append(*db.store, {room.add(crowd), room.message(alice, "hello")}));
  for (int i = 0; i < 300; i += 2) reached(*db.store, room, crowd[i], room.last_seq);
  auto asked = crowd;
  for (int i = 0; i < 200; ++i) asked.push_back({"stranger-" + std::to_string(i)});
  CHECK(who_waits(*db.store, asked).size() == 150);
  CHECK(who_waits(*db.store, {}).empty());
}
