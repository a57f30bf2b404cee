#include <catch2/catch.hpp>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;
using chat::conversation_type;
using users = std::vector<chat::user_id>;
using names = std::vector<std::string>;

namespace {

void sign_in(storage::store& store, std::vector<chat::profile> who) {
  REQUIRE(store.save_profiles(who));
}

auto profile_of(storage::store& store, const chat::user_id& user) -> chat::profile {
  auto found = store.profiles({&user, 1});
  REQUIRE(found);
  return found->at(0);
}

/// Whom `caller` finds, by id.
auto found_by(storage::store& store, const chat::user_id& caller, const std::string& query,
              bool contacts_only = false, std::size_t limit = 50) -> names {
  auto found = store.search_users({caller, chat::search_key(query), contacts_only, 200, limit});
  REQUIRE(found);
  names ids;
  for (const auto& who : *found) ids.push_back(who.user.value);
  return ids;
}

}  // namespace

STORE_CASE("what users say of themselves goes before their claims until it is cleared",
           "[contacts]") {
  database<TestType> db;
  auto& store = *db.store;
  sign_in(store, {{alice, "Alice", "Adams", "", "https://id.example/a.png"}});
  chat::profile_edit edit;
  edit.first_name = "Ally \U0001f600";
  edit.picture_url = "https://own.example/a.png";
  REQUIRE(store.edit_profile(alice, edit));
  sign_in(store, {{alice, "Alicia", "Baker", "", "https://id.example/b.png"}});
  CHECK(profile_of(store, alice) == chat::profile{alice, "Ally \U0001f600", "Baker", "",
                                                  "https://own.example/a.png"});
  chat::profile_edit clear;
  clear.first_name = clear.picture_url = "";
  REQUIRE(store.edit_profile(alice, clear));
  CHECK(profile_of(store, alice) ==
        chat::profile{alice, "Alicia", "Baker", "", "https://id.example/b.png"});
}

STORE_CASE("a profile that somebody edits before any token spoke is there", "[contacts]") {
  database<TestType> db;
  chat::profile_edit edit;
  edit.display_name = "Bob";
  REQUIRE(db.store->edit_profile(bob, edit));
  CHECK(profile_of(*db.store, bob) == chat::profile{bob, "", "", "Bob", ""});
  CHECK(found_by(*db.store, alice, "bo") == names{"bob"});
}

STORE_CASE("an edited profile is shown in the chat list", "[contacts]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  chat::profile_edit edit;
  edit.first_name = "Robert";
  REQUIRE(db.store->edit_profile(bob, edit));
  const auto list = db.store->chat_list(alice, std::nullopt, 0);
  REQUIRE(list);
  CHECK(list->at(0).other.first_name == "Robert");
  CHECK(list->at(0).participants.at(1).profile.first_name == "Robert");
}

STORE_CASE("an account has its names at once, and what its owner says is no claim", "[contacts]") {
  database<TestType> db;
  REQUIRE(db.store->add_account({"ann.lee", alice, "hash", {alice, "Ann", "Lee", "", ""}}));
  CHECK(profile_of(*db.store, alice) == chat::profile{alice, "Ann", "Lee", "", ""});
  chat::profile_edit edit;
  edit.first_name = "Anna";
  REQUIRE(db.store->edit_profile(alice, edit));
  const auto found = db.store->find_account("ann.lee");
  REQUIRE(found);
  CHECK((*found)->profile == chat::profile{alice, "Ann", "Lee", "", ""});
  const auto taken = db.store->add_account({"ann.lee", bob, "hash", {bob, "Not", "Kept", "", ""}});
  REQUIRE_FALSE(taken);
  CHECK(profile_of(*db.store, bob).first_name.empty());
}

STORE_CASE("people are found by the beginning of any of their names, in any case", "[contacts]") {
  database<TestType> db;
  auto& store = *db.store;
  REQUIRE(store.add_account({"zz.top", alice, "hash", {alice, "Ann", "Lee", "", ""}}));
  sign_in(store, {{bob, "Bob", "Annan", "", ""}, {carol, "\u00d6zg\u00fcr", "", "", ""}});
  CHECK(found_by(store, dave, "ANN") == names{"alice", "bob"});
  CHECK(found_by(store, dave, "lee") == names{"alice"});
  CHECK(found_by(store, dave, "ann l") == names{"alice"});
  CHECK(found_by(store, dave, "zz") == names{"alice"});
  CHECK(found_by(store, dave, "\u00f6ZG") == names{"carol"});
  CHECK(found_by(store, dave, "nn").empty());
  CHECK(found_by(store, alice, "ann") == names{"bob"});
}

STORE_CASE("a name that is gone finds nobody", "[contacts]") {
  database<TestType> db;
  sign_in(*db.store, {{alice, "Old", "", "", ""}});
  sign_in(*db.store, {{alice, "New", "", "", ""}});
  CHECK(found_by(*db.store, bob, "old").empty());
  CHECK(found_by(*db.store, bob, "new") == names{"alice"});
}

STORE_CASE("people who were only mentioned are not found", "[contacts]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  CHECK(found_by(*db.store, carol, "bob").empty());
}

STORE_CASE("wildcards and quotes in a query are characters", "[contacts]") {
  database<TestType> db;
  sign_in(*db.store, {{alice, "100% A_B", "", "", ""}, {bob, "100 AxB", "O'Neil\\", "", ""}});
  CHECK(found_by(*db.store, dave, "100%") == names{"alice"});
  CHECK(found_by(*db.store, dave, "100% a_") == names{"alice"});
  CHECK(found_by(*db.store, dave, "%").empty());
  CHECK(found_by(*db.store, dave, "_").empty());
  CHECK(found_by(*db.store, dave, "o'neil\\") == names{"bob"});
  CHECK(found_by(*db.store, dave, "' OR 1=1 --").empty());
}

STORE_CASE("a search ends at its limit, each user counted once", "[contacts]") {
  database<TestType> db;
  std::vector<chat::profile> many;
  for (int i = 10; i < 40; ++i)
    many.push_back({{"user" + std::to_string(i)}, "Sam", "Sam", "Sam", ""});
  sign_in(*db.store, many);
  const auto some = found_by(*db.store, alice, "sam", false, 7);
  CHECK(some.size() == 7);
  CHECK(found_by(*db.store, alice, "sam").size() == 30);
}

STORE_CASE("a search among contacts finds who shares a small conversation", "[contacts]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob}};
  sign_in(*db.store, {{bob, "Sam", "", "", ""}, {carol, "Sam", "", "", ""}});
  CHECK(found_by(*db.store, alice, "sam", true) == names{"bob"});
  CHECK(found_by(*db.store, carol, "sam", true).empty());
  CHECK(found_by(*db.store, dave, "sam", false) == names{"bob", "carol"});
}

STORE_CASE("who blocked the caller is not found; whom it blocked is", "[contacts]") {
  database<TestType> db;
  sign_in(*db.store, {{alice, "Sam", "", "", ""}, {bob, "Sam", "", "", ""}});
  script room{*db.store, alice, bob};
  REQUIRE(db.store->add_block({alice, bob}, noon, 10));
  for (const bool contacts_only : {false, true}) {
    CHECK(found_by(*db.store, bob, "sam", contacts_only).empty());
    CHECK(found_by(*db.store, alice, "sam", contacts_only) == names{"bob"});
  }
}

STORE_CASE("a block is made once, listed, and lifted once", "[contacts]") {
  database<TestType> db;
  auto& store = *db.store;
  CHECK(*store.add_block({alice, carol}, after_noon(2), 10));
  CHECK(*store.add_block({alice, bob}, after_noon(1), 10));
  CHECK_FALSE(*store.add_block({alice, bob}, after_noon(9), 10));
  CHECK(*store.blocks_of(alice) == std::vector<chat::blocked_user>{{bob, after_noon(1)},
                                                                   {carol, after_noon(2)}});
  CHECK(store.blocks_of(bob)->empty());
  CHECK(*store.drop_block({alice, bob}));
  CHECK_FALSE(*store.drop_block({alice, bob}));
  CHECK_FALSE(*store.drop_block({carol, alice}));
  CHECK(store.blocks_of(alice)->size() == 1);
}

STORE_CASE("nobody blocks more users than the limit", "[contacts]") {
  database<TestType> db;
  REQUIRE(db.store->add_block({alice, bob}, noon, 2));
  REQUIRE(db.store->add_block({alice, carol}, noon, 2));
  const auto third = db.store->add_block({alice, dave}, noon, 2);
  REQUIRE_FALSE(third);
  CHECK(third.error().code == chat::errc::limit);
  CHECK(db.store->add_block({alice, bob}, noon, 2));
  CHECK(db.store->add_block({bob, dave}, noon, 2));
}

STORE_CASE("blocks between people are found in both directions", "[contacts]") {
  database<TestType> db;
  REQUIRE(db.store->add_block({alice, bob}, noon, 10));
  REQUIRE(db.store->add_block({carol, alice}, noon, 10));
  REQUIRE(db.store->add_block({carol, bob}, noon, 10));
  auto found = db.store->blocks_between(alice, users{bob, carol, dave, alice});
  REQUIRE(found);
  CHECK(found->size() == 2);
  CHECK(std::find(found->begin(), found->end(), chat::block{alice, bob}) != found->end());
  CHECK(std::find(found->begin(), found->end(), chat::block{carol, alice}) != found->end());
  CHECK(db.store->blocks_between(alice, users{})->empty());
}

STORE_CASE("a two-person conversation is loaded with the blocks of its two", "[contacts]") {
  database<TestType> db;
  script pair{*db.store, alice, bob};
  script group{*db.store, conversation_type::group, {alice, bob}};
  CHECK((*db.store->load(pair.id(), 10))->blocks.empty());
  REQUIRE(db.store->add_block({bob, alice}, noon, 10));
  CHECK((*db.store->load(pair.id(), 10))->blocks == std::vector<chat::block>{{bob, alice}});
  CHECK((*db.store->load(group.id(), 10))->blocks.empty());
}

STORE_CASE("a block takes down how far its maker had come, and the blocked one is shown no more",
           "[contacts]") {
  database<TestType> db;
  auto& store = *db.store;
  script pair{store, alice, bob};
  const auto first = pair.message(bob, "first");
  const auto last = pair.message(bob, "last");
  REQUIRE(append(store, {first, last}));
  const auto move_alice = [&](std::uint64_t delivered, std::uint64_t read) {
    const chat::cursor_row row{
        pair.id(), alice, {delivered, after_noon(1'000), read, after_noon(2'000)}};
    REQUIRE(store.save_cursors({&row, 1}));
  };
  const auto held = [&] { return (*store.load(pair.id(), 10))->blocks.at(0).held; };
  const auto shown_to_bob = [&] { return store.chat_list(bob, {}, 0)->at(0).slowest.read_seq; };
  move_alice(last.seq, first.seq);
  REQUIRE(store.add_block({alice, bob}, noon, 10));
  CHECK(held().delivered_seq == last.seq);
  CHECK(held().read_seq == first.seq);
  move_alice(last.seq, last.seq);
  REQUIRE(store.add_block({alice, bob}, noon, 10));
  CHECK(held().read_seq == first.seq);
  CHECK(shown_to_bob() == first.seq);
  CHECK(store.chat_list(alice, {}, 0)->at(0).unread_count == 0);
  REQUIRE(store.drop_block({alice, bob}));
  CHECK(shown_to_bob() == last.seq);
}
