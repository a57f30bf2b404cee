#include <catch2/catch.hpp>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;
using chat::conversation_type;
using users = std::vector<chat::user_id>;

namespace {

auto profile_of(storage::store& store, const chat::user_id& user) -> chat::profile {
  auto found = store.profiles({&user, 1});
  REQUIRE(found);
  return found->at(0);
}

}  // namespace

STORE_CASE("profiles keep what later ones leave empty", "[people]") {
  database<TestType> db;
  const chat::profile first{alice, "Alice", "", "Dr. Alice \U0001f600", ""};
  const chat::profile second{alice, "", "Liddell", "", "https://example.com/a.png"};
  REQUIRE(db.store->save_profiles({&first, 1}));
  REQUIRE(db.store->save_profiles({&second, 1}));
  CHECK(profile_of(*db.store, alice) == chat::profile{alice, "Alice", "Liddell",
                                                      "Dr. Alice \U0001f600",
                                                      "https://example.com/a.png"});
}

STORE_CASE("profiles come in the order asked, unknown ones empty", "[people]") {
  database<TestType> db;
  const chat::profile known[]{{alice, "A", "", "", ""}, {bob, "B", "", "", ""}};
  REQUIRE(db.store->save_profiles(known));
  const users asked{bob, carol, alice, bob};
  const auto found = db.store->profiles(asked);
  REQUIRE(found);
  REQUIRE(found->size() == 4);
  CHECK((*found)[0] == known[1]);
  CHECK((*found)[1] == chat::profile{carol, "", "", "", ""});
  CHECK((*found)[2] == known[0]);
  CHECK((*found)[3] == known[1]);
  CHECK(db.store->profiles({})->empty());
}

STORE_CASE("user ids are told apart exactly", "[people]") {
  database<TestType> db;
  const chat::profile known[]{{{"Ann"}, "upper", "", "", ""}, {{"ann"}, "lower", "", "", ""}};
  REQUIRE(db.store->save_profiles(known));
  CHECK(profile_of(*db.store, {"Ann"}).first_name == "upper");
  CHECK(profile_of(*db.store, {"ann"}).first_name == "lower");
  CHECK(profile_of(*db.store, {"ann "}).first_name.empty());
}

STORE_CASE("whoever is put into a conversation has a stub, and a profile stays", "[people]") {
  database<TestType> db;
  const chat::profile known{bob, "Bob", "", "", ""};
  REQUIRE(db.store->save_profiles({&known, 1}));
  script room{*db.store, conversation_type::group, {alice, bob}};
  REQUIRE(append(*db.store, {room.add({carol})}));
  CHECK(ask_sql(db.options, "SELECT id, first_name FROM users ORDER BY id", 2) ==
        "alice|NULL\nbob|Bob\ncarol|NULL\n");
}

STORE_CASE("last seen moves forward only", "[people]") {
  database<TestType> db;
  REQUIRE(db.store->save_last_seen(alice, after_noon(10)));
  REQUIRE(db.store->save_last_seen(alice, after_noon(5)));
  script room{*db.store, bob, carol};
  REQUIRE(db.store->save_last_seen(bob, after_noon(7)));
  const users asked{carol, bob, alice, dave, alice};
  CHECK(*db.store->last_seen(asked) ==
        std::vector<chat::timestamp>{{}, after_noon(7), after_noon(10), {}, after_noon(10)});
}

STORE_CASE("many users are read at once", "[people]") {
  database<TestType> db;
  std::vector<chat::profile> many;
  users asked;
  for (int i = 0; i < 200; ++i) {
    asked.push_back({"user-" + std::to_string(i)});
    many.push_back({asked.back(), std::to_string(i), "", "", ""});
  }
  REQUIRE(db.store->save_profiles(many));
  CHECK(*db.store->profiles(asked) == many);
  CHECK(db.store->last_seen(asked)->size() == 200);
}

STORE_CASE("an account is found by its exact name and made once", "[people]") {
  database<TestType> db;
  const storage::account first{"alice.w", alice, "$argon2id$v=19$x"};
  REQUIRE(db.store->add_account(first));
  const auto again = db.store->add_account({"alice.w", bob, "other"});
  REQUIRE_FALSE(again);
  CHECK(again.error().code == chat::errc::duplicate);
  const auto found = db.store->find_account("alice.w");
  REQUIRE(found);
  REQUIRE(*found);
  CHECK((*found)->user == alice);
  CHECK((*found)->password_hash == first.password_hash);
  CHECK_FALSE(*db.store->find_account("alice.w "));
  CHECK_FALSE(*db.store->find_account("ALICE.W"));
  CHECK_FALSE(*db.store->find_account("\u00e4lice"));
  CHECK(*db.store->profiles(users{alice}) == std::vector<chat::profile>{{alice, "", "", "", ""}});
}

STORE_CASE("contacts are those who share a small conversation, the lobby aside", "[people]") {
  database<TestType> db;
  script direct{*db.store, alice, bob};
  script group{*db.store, conversation_type::group, {alice, bob, carol}};
  script big{*db.store, conversation_type::group, {alice, bob, carol, dave}};
  auto lobby = plan(conversation_type::lobby, {alice, {"guest"}});
  lobby.info.id = chat::lobby_id();
  lobby.created.conversation = chat::lobby_id();
  REQUIRE(db.store->create(lobby));
  CHECK(*db.store->contacts(alice, 3) == users{bob, carol});
  CHECK(*db.store->contacts(alice, 4) == users{bob, carol, dave});
  CHECK(*db.store->contacts(alice, 2) == users{bob});
  CHECK(db.store->contacts({"guest"}, 100)->empty());
  REQUIRE(append(*db.store, {group.remove({carol})}));
  CHECK(*db.store->contacts(alice, 3) == users{bob});
}

STORE_CASE("a store that is up answers a ping and has no durability warning", "[people]") {
  database<TestType> db;
  CHECK(db.store->ping());
  CHECK(db.store->durability_warning().empty());
}
