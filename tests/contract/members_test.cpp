#include <catch2/catch.hpp>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;
using chat::conversation_type;
using users = std::vector<chat::user_id>;

namespace {

auto users_of(const chat::member_page& page) -> users {
  users found;
  for (const auto& one : page.participants) found.push_back(one.profile.user);
  return found;
}

auto users_of(const std::vector<chat::profile>& all) -> users {
  users found;
  for (const auto& one : all) found.push_back(one.user);
  return found;
}

}  // namespace

STORE_CASE("members come page by page, each once, those who came first in front", "[members]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {carol, alice}};
  for (const auto& user : {dave, bob}) REQUIRE(append(*db.store, {room.add({user})}));
  const auto all = *db.store->members_page({room.id(), {}, 10});
  CHECK(users_of(all).size() == 4);
  CHECK(all.next.user.value.empty());
  users walked;
  chat::member_mark after;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = *db.store->members_page({room.id(), after, 1});
    for (const auto& user : users_of(page)) walked.push_back(user);
    after = page.next;
    if (after.user.value.empty()) break;
  }
  CHECK(walked == users_of(all));
  CHECK(walked[2] == dave);
  CHECK(walked[3] == bob);
  CHECK(all.participants[2].joined_at < all.participants[3].joined_at);
  CHECK(db.store->members_page({{new_id()}, {}, 10})->participants.empty());
}

STORE_CASE("members come with their names and roles", "[members]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob}};
  const chat::profile known{alice, "Alice", "", "Al", ""};
  REQUIRE(db.store->save_profiles({&known, 1}));
  const auto page = *db.store->members_page({room.id(), {}, 200});
  REQUIRE(page.participants.size() == 2);
  CHECK(page.participants[0].profile == known);
  CHECK(page.participants[0].role == chat::member_role::owner);
  CHECK(page.participants[1].role == chat::member_role::member);
}

STORE_CASE("people are known who share a conversation, the lobby aside", "[members]") {
  database<TestType> db;
  script direct{*db.store, alice, bob};
  script group{*db.store, conversation_type::group, {alice, carol}};
  auto lobby = plan(conversation_type::lobby, {alice, dave});
  lobby.info.id = chat::lobby_id();
  lobby.created.conversation = chat::lobby_id();
  REQUIRE(db.store->create(lobby));
  const users asked{dave, carol, alice, {"nobody"}, bob, carol};
  CHECK(users_of(*db.store->people_known_to(alice, asked, false)) == users{carol, alice, bob, carol});
  CHECK(users_of(*db.store->people_known_to(bob, asked, false)) == users{alice, bob});
  CHECK(users_of(*db.store->people_known_to(bob, asked, true)) == users{dave, carol, alice, bob, carol});
  REQUIRE(append(*db.store, {group.remove({carol})}));
  CHECK(users_of(*db.store->people_known_to(alice, asked, false)) == users{alice, bob});
}

STORE_CASE("many people are asked for at once", "[members]") {
  database<TestType> db;
  users many{alice};
  for (int i = 0; i < 199; ++i) many.push_back({"user-" + std::to_string(i)});
  const auto room = plan(conversation_type::group, many);
  REQUIRE(db.store->create(room));
  CHECK(users_of(*db.store->people_known_to(alice, many, false)) == many);
  CHECK(db.store->members_page({room.info.id, {}, 200})->participants.size() == 200);
}
