#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <thread>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;
using chat::conversation_type;

namespace {

auto at_second(std::int64_t s) -> chat::timestamp { return {noon.ms + s * 1'000}; }

auto invite_to(chat::conversation_id where, std::string code, chat::timestamp at = noon) -> chat::invite {
  return {std::move(code), where, alice, at, {}, false, 0};
}

auto counted(chat::invite what, std::uint64_t uses) -> chat::invite {
  what.is_counted = true;
  what.uses_left = uses;
  return what;
}

auto codes_of(const std::vector<chat::invite>& all) -> std::vector<std::string> {
  std::vector<std::string> codes;
  for (const auto& one : all) codes.push_back(one.code);
  return codes;
}

using codes = std::vector<std::string>;

}  // namespace

STORE_CASE("an invite is found by its exact code, as it was made", "[invites]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob}};
  auto one = counted(invite_to(room.id(), "abc_DEF-123"), 5);
  one.expires_at = at_second(100);
  REQUIRE(db.store->add_invite(one, 50));
  CHECK(*db.store->find_invite(one.code, noon) == one);
  for (const auto* other : {"abc_DEF-123 ", "ABC_DEF-123", "", "abc_DEF-12", "%", "abc_DEF-1234567890123456789012345678901234567890"})
    CHECK_FALSE(*db.store->find_invite(other, noon));
  CHECK(db.store->add_invite(one, 50).error().code == chat::errc::duplicate);
}

STORE_CASE("an invite ends at its time, and its uses are counted", "[invites]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob}};
  auto timed = invite_to(room.id(), "timed");
  timed.expires_at = at_second(100);
  REQUIRE(db.store->add_invite(timed, 50));
  REQUIRE(db.store->add_invite(counted(invite_to(room.id(), "twice", at_second(1)), 2), 50));
  REQUIRE(db.store->add_invite(invite_to(room.id(), "always", at_second(2)), 50));
  CHECK(codes_of(*db.store->invites_of(room.id(), at_second(99))) == codes{"timed", "twice", "always"});
  CHECK(codes_of(*db.store->invites_of(room.id(), at_second(100))) == codes{"twice", "always"});
  CHECK(*db.store->use_invite("timed", at_second(99)));
  CHECK_FALSE(*db.store->use_invite("timed", at_second(100)));
  CHECK_FALSE(*db.store->find_invite("timed", at_second(100)));
  CHECK(*db.store->use_invite("twice", noon));
  CHECK(*db.store->use_invite("twice", noon));
  CHECK_FALSE(*db.store->use_invite("twice", noon));
  // Who came in by it may ask once more, and learns that it is in.
  CHECK((*db.store->find_invite("twice", noon))->uses_left == 0);
  CHECK(codes_of(*db.store->invites_of(room.id(), noon)) == codes{"timed", "always"});
  REQUIRE(db.store->return_invite("twice"));
  CHECK(*db.store->use_invite("twice", noon));
  for (int i = 0; i < 3; ++i) CHECK(*db.store->use_invite("always", noon));
  REQUIRE(db.store->return_invite("always"));
  CHECK_FALSE((*db.store->find_invite("always", noon))->is_counted);
  CHECK_FALSE(*db.store->use_invite("unknown", noon));
}

STORE_CASE("the last use of an invite goes to one of those who want it at once", "[invites]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob}};
  REQUIRE(db.store->add_invite(counted(invite_to(room.id(), "code"), 3), 50));
  std::atomic<int> came_in{0};
  std::vector<std::unique_ptr<storage::store>> stores;
  for (int i = 0; i < 4; ++i) stores.push_back(db.another());
  std::vector<std::thread> all;
  for (auto& store : stores)
    all.emplace_back([&] {
      for (int i = 0; i < 4; ++i)
        if (const auto used = store->use_invite("code", noon); used && *used) ++came_in;
    });
  for (auto& one : all) one.join();
  CHECK(came_in == 3);
}

STORE_CASE("a conversation has so many invites that are good, and no more", "[invites]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob}};
  script other{*db.store, conversation_type::group, {alice, bob}};
  auto timed = invite_to(room.id(), "timed");
  timed.expires_at = at_second(10);
  REQUIRE(db.store->add_invite(timed, 2));
  REQUIRE(db.store->add_invite(counted(invite_to(room.id(), "once"), 1), 2));
  CHECK(db.store->add_invite(invite_to(room.id(), "more"), 2).error().code == chat::errc::limit);
  CHECK(db.store->add_invite(invite_to(other.id(), "other"), 2));
  CHECK(*db.store->use_invite("once", noon));
  CHECK(db.store->add_invite(invite_to(room.id(), "more"), 2));
  CHECK(db.store->add_invite(invite_to(room.id(), "late", at_second(10)), 2));
  CHECK(codes_of(*db.store->invites_of(room.id(), at_second(10))) == codes{"more", "late"});
  CHECK(*db.store->drop_invite("more"));
  CHECK_FALSE(*db.store->drop_invite("more"));
}

STORE_CASE("whoever is removed takes the invites along, whoever leaves does not", "[invites]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob, carol}};
  script other{*db.store, conversation_type::group, {alice, bob}};
  REQUIRE(db.store->add_invite(invite_to(room.id(), "here"), 50));
  REQUIRE(db.store->add_invite(invite_to(other.id(), "there"), 50));
  auto leaving = room.remove({carol});
  leaving.actor = carol;
  REQUIRE(append(*db.store, {leaving}));
  CHECK(*db.store->find_invite("here", noon));
  auto removal = room.remove({bob});
  removal.actor = alice;
  REQUIRE(append(*db.store, {removal}));
  CHECK_FALSE(*db.store->find_invite("here", noon));
  CHECK(*db.store->find_invite("there", noon));
}

STORE_CASE("what an invite leads to is shown while its maker is there", "[invites]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob, carol}};
  REQUIRE(append(*db.store, {room.change(chat::entry_kind::title, alice, "The garden")}));
  REQUIRE(db.store->add_invite(counted(invite_to(room.id(), "code"), 1), 50));
  auto preview = *db.store->preview_invite("code", noon);
  REQUIRE(preview);
  CHECK(preview->title == "The garden");
  CHECK(preview->member_count == 3);
  CHECK(preview->invited_by.empty());
  const chat::profile known{alice, "Alice", "Liddell", "", ""};
  REQUIRE(db.store->save_profiles({&known, 1}));
  CHECK((*db.store->preview_invite("code", noon))->invited_by == "Alice Liddell");
  CHECK_FALSE(*db.store->preview_invite("code ", noon));
  REQUIRE(*db.store->use_invite("code", noon));
  CHECK_FALSE(*db.store->preview_invite("code", noon));
  REQUIRE(db.store->return_invite("code"));
  auto leaving = room.remove({alice});
  leaving.actor = alice;
  REQUIRE(append(*db.store, {leaving}));
  CHECK_FALSE(*db.store->preview_invite("code", noon));
}
