#include <catch2/catch.hpp>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;
using chat::conversation_type;
using chat::errc;

namespace {

auto crowd(std::size_t count) -> std::vector<chat::user_id> {
  std::vector<chat::user_id> users{alice};
  for (std::size_t i = 1; i < count; ++i) users.push_back({"user-" + std::to_string(i)});
  return users;
}

/// @returns the id it answers in the end
auto made_in_steps(storage::store& store, const storage::new_conversation& what)
    -> chat::expected<chat::conversation_id> {
  storage::creation_mark reached;
  for (;;) {
    const auto id = store.create_some(what, reached);
    if (!id) return chat::unexpected{id.error()};
    if (*id) return **id;
  }
}

auto unfinished(storage::store& store) -> std::vector<chat::conversation_id> {
  std::vector<chat::conversation_id> all;
  for (storage::unfinished_mark from; !from.is_done;) {
    const auto found = store.find_unfinished(after_noon(1'000), 2, from);
    REQUIRE(found);
    all.insert(all.end(), found->begin(), found->end());
  }
  return all;
}

/// A store whose users may be in so many conversations.
template <class Driver>
auto limited(const database<Driver>& db, std::size_t most) -> std::unique_ptr<storage::store> {
  const auto shared = std::make_shared<storage::shared>();
  shared->max_conversations_per_user = most;
  return opened(db.options, {}, shared);
}

}  // namespace

STORE_CASE("a conversation that is made in steps is there at once, and whole", "[creation]") {
  database<TestType> db;
  const auto what = plan(conversation_type::group, crowd(700));
  storage::creation_mark reached;
  std::size_t steps = 0;
  for (std::optional<chat::conversation_id> id; !id; ++steps) {
    CHECK_FALSE(*db.store->load(what.info.id, 8));
    CHECK(db.store->chat_list(alice, {}, 0)->empty());
    CHECK(db.store->contacts(alice, 1'000)->empty());
    CHECK(db.store->undelivered_in({&alice, 1})->empty());
    const auto made = db.store->create_some(what, reached);
    REQUIRE(made);
    id = *made;
  }
  CHECK(steps >= 2);
  const auto record = db.store->load(what.info.id, 8);
  REQUIRE((record && *record));
  CHECK((*record)->info == what.info);
  CHECK((*record)->members.size() == 700);
  CHECK((*record)->last_seq == 1);
  CHECK(db.store->chat_list(alice, {}, 0)->size() == 1);
  CHECK(unfinished(*db.store).empty());
}

STORE_CASE("a step of a creation may be repeated", "[creation]") {
  database<TestType> db;
  const auto what = plan(conversation_type::group, crowd(80));
  storage::creation_mark reached;
  REQUIRE(db.store->create_some(what, reached));
  REQUIRE(reached.members > 0);
  storage::creation_mark from_the_start;
  REQUIRE(db.store->create_some(what, from_the_start));
  CHECK(*made_in_steps(*db.store, what) == what.info.id);
  CHECK(*made_in_steps(*db.store, what) == what.info.id);
  CHECK((*db.store->load(what.info.id, 8))->members.size() == 80);
}

STORE_CASE("of two creations of a case the faster stands, the other leaves nothing", "[creation]") {
  database<TestType> db;
  auto slow = plan(conversation_type::group, crowd(80));
  auto fast = plan(conversation_type::group, {bob});
  slow.info.case_id = fast.info.case_id = "case-1";
  storage::creation_mark reached;
  REQUIRE(db.store->create_some(slow, reached));
  REQUIRE(db.store->create(fast));
  std::optional<chat::conversation_id> id;
  while (!id) {
    const auto made = db.store->create_some(slow, reached);
    REQUIRE(made);
    id = *made;
  }
  CHECK(*id == fast.info.id);
  std::size_t dropped = 0;
  for (std::size_t some = 1; some > 0; dropped += some) some = *db.store->drop_unfinished(slow.info.id, 30);
  CHECK(dropped == 80);
  CHECK(unfinished(*db.store).empty());
}

STORE_CASE("what a creation left that was cut off is found and dropped", "[creation]") {
  database<TestType> db;
  for (int i = 0; i < 3; ++i) REQUIRE(db.store->create(plan(conversation_type::group, {alice})));
  const auto cut_off = plan(conversation_type::group, crowd(80));
  storage::creation_mark reached;
  REQUIRE(db.store->create_some(cut_off, reached));
  const auto whole = plan(conversation_type::group, {bob});
  REQUIRE(db.store->create(whole));
  CHECK(unfinished(*db.store) == std::vector{cut_off.info.id});
  storage::unfinished_mark early;
  CHECK(db.store->find_unfinished(noon, 100, early)->empty());
  while (*db.store->drop_unfinished(cut_off.info.id, 50) > 0) {
  }
  CHECK(unfinished(*db.store).empty());
  CHECK(*db.store->drop_unfinished(whole.info.id, 50) == 0);
  CHECK((*db.store->load(whole.info.id, 8))->members.size() == 1);
}

STORE_CASE("nobody has more conversations than a user may have", "[creation][members]") {
  database<TestType> db;
  const auto store = limited(db, 2);
  const auto first = plan(conversation_type::group, {alice, bob});
  REQUIRE(store->create(first));
  script second{*store, alice, carol};
  CHECK(*store->find_full(std::vector{carol, alice}) == alice);
  CHECK_FALSE(*store->find_full(std::vector{bob, carol}));

  // The creator, and whoever is named.
  const auto mine = plan(conversation_type::group, {alice});
  CHECK(store->create(mine).error().code == errc::limit);
  const auto with_me = plan(conversation_type::group, {bob, alice});
  CHECK(store->create(with_me).error().code == errc::limit);
  CHECK(made_in_steps(*store, with_me).error().code == errc::limit);
  CHECK_FALSE(*store->load(with_me.info.id, 8));
  CHECK(*store->create(first) == first.info.id);
}

STORE_CASE("who is added has no more conversations than a user may have", "[creation][members]") {
  database<TestType> db;
  const auto store = limited(db, 2);
  script room{*store, conversation_type::group, {bob}};
  script first{*store, conversation_type::group, {alice}};
  script second{*store, conversation_type::group, {alice}};
  const auto before = room;
  CHECK(append(*store, {room.add({dave, alice})}).error().code == errc::limit);
  CHECK((*store->load(room.id(), 8))->members.size() == 1);
  room = before;
  REQUIRE(append(*store, {room.add({dave})}));
  REQUIRE(append(*store, {second.remove({alice})}));
  REQUIRE(append(*store, {room.add({alice})}));
  CHECK((*store->load(room.id(), 8))->members.size() == 3);
}
