#include <catch2/catch.hpp>

#include "chat/accounts.hpp"
#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;

namespace {

auto device_of(const chat::user_id& user, chat::timestamp at, std::string agent = "Browser")
    -> storage::device_row {
  return {new_id(), user, at, at, std::move(agent)};
}

/// A use at `at` of the cookie of this generation.
auto use_of(const storage::device_row& device, std::uint64_t generation, chat::timestamp at)
    -> storage::device_use {
  return {device.user, device.id, generation, at,
          {at.ms - chat::device_idle_ms}, {at.ms - chat::device_grace_ms}};
}

auto at_second(std::int64_t s) -> chat::timestamp { return {noon.ms + s * 1'000}; }

auto ids_of(const std::vector<storage::device_row>& rows) -> std::vector<chat::uuid> {
  std::vector<chat::uuid> ids;
  for (const auto& one : rows) ids.push_back(one.id);
  return ids;
}

}  // namespace

STORE_CASE("a device's cookie is exchanged at each use", "[devices]") {
  database<TestType> db;
  const auto device = device_of(alice, noon);
  REQUIRE(db.store->add_device(device, 50));
  CHECK(*db.store->renew_device(use_of(device, 1, at_second(100))) == 2u);
  CHECK(*db.store->renew_device(use_of(device, 2, at_second(200))) == 3u);
  const auto listed = *db.store->devices_of(alice, {0});
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].created_at == noon);
  CHECK(listed[0].renewed_at == at_second(200));
  CHECK(listed[0].agent == "Browser");
}

STORE_CASE("two tabs that bring the same cookie get the same new one, for a minute", "[devices]") {
  database<TestType> db;
  const auto device = device_of(alice, noon);
  REQUIRE(db.store->add_device(device, 50));
  auto other = db.another();
  CHECK(*db.store->renew_device(use_of(device, 1, at_second(100))) == 2u);
  CHECK(*other->renew_device(use_of(device, 1, at_second(101))) == 2u);
  CHECK(*other->renew_device(use_of(device, 1, at_second(160))) == 2u);
  // The minute begins with the exchange, not with the last of these.
  CHECK_FALSE(*db.store->renew_device(use_of(device, 1, at_second(161))));
  CHECK_FALSE(*db.store->renew_device(use_of(device, 2, at_second(162))));
  CHECK(db.store->devices_of(alice, {0})->empty());
}

STORE_CASE("a cookie that was exchanged twice ends its device", "[devices]") {
  database<TestType> db;
  const auto device = device_of(alice, noon);
  const auto bystander = device_of(alice, noon);
  REQUIRE(db.store->add_device(device, 50));
  REQUIRE(db.store->add_device(bystander, 50));
  REQUIRE(*db.store->renew_device(use_of(device, 1, at_second(1))));
  REQUIRE(*db.store->renew_device(use_of(device, 2, at_second(2))));
  CHECK_FALSE(*db.store->renew_device(use_of(device, 1, at_second(3))));
  CHECK_FALSE(*db.store->renew_device(use_of(device, 3, at_second(4))));
  CHECK(ids_of(*db.store->devices_of(alice, {0})) == std::vector{bystander.id});
}

STORE_CASE("a device that is not used for 30 days has ended", "[devices]") {
  database<TestType> db;
  const auto device = device_of(alice, noon);
  REQUIRE(db.store->add_device(device, 50));
  const chat::timestamp last{noon.ms + chat::device_idle_ms};
  CHECK(*db.store->renew_device(use_of(device, 1, last)) == 2u);
  const chat::timestamp late{last.ms + chat::device_idle_ms + 1};
  CHECK(db.store->devices_of(alice, {late.ms - chat::device_idle_ms})->empty());
  CHECK_FALSE(*db.store->renew_device(use_of(device, 2, late)));
  CHECK(db.store->devices_of(alice, {0})->empty());
}

STORE_CASE("a device is its user's alone", "[devices]") {
  database<TestType> db;
  const auto device = device_of(alice, noon);
  REQUIRE(db.store->add_device(device, 50));
  auto stolen = use_of(device, 1, at_second(1));
  stolen.user = bob;
  CHECK_FALSE(*db.store->renew_device(stolen));
  CHECK_FALSE(*db.store->drop_device(bob, device.id));
  CHECK(db.store->devices_of(bob, {0})->empty());
  CHECK(*db.store->drop_device(alice, device.id));
  CHECK_FALSE(*db.store->drop_device(alice, device.id));
  CHECK_FALSE(*db.store->renew_device(use_of(device, 1, at_second(2))));
}

STORE_CASE("one device too many ends the one not used for the longest time", "[devices]") {
  database<TestType> db;
  const auto first = device_of(alice, noon);
  const auto second = device_of(alice, at_second(1));
  const auto others = device_of(bob, noon);
  for (const auto& one : {first, second, others}) REQUIRE(db.store->add_device(one, 2));
  REQUIRE(*db.store->renew_device(use_of(first, 1, at_second(2))));
  const auto third = device_of(alice, at_second(1));  // this clock is behind: it stays all the same
  REQUIRE(db.store->add_device(third, 2));
  CHECK(ids_of(*db.store->devices_of(alice, {0})) == std::vector{first.id, third.id});
  CHECK(db.store->devices_of(bob, {0})->size() == 1);
}

STORE_CASE("a new password ends the other devices, and an old one changes nothing", "[devices]") {
  database<TestType> db;
  REQUIRE(db.store->add_account({"alice.w", alice, "old"}));
  const auto here = device_of(alice, noon);
  const auto there = device_of(alice, noon);
  const auto others = device_of(bob, noon);
  for (const auto& one : {here, there, others}) REQUIRE(db.store->add_device(one, 50));
  CHECK_FALSE(*db.store->change_password({alice, "another", "new", here.id}));
  CHECK(db.store->devices_of(alice, {0})->size() == 2);
  CHECK(*db.store->change_password({alice, "old", "new", here.id}));
  CHECK(ids_of(*db.store->devices_of(alice, {0})) == std::vector{here.id});
  CHECK(db.store->devices_of(bob, {0})->size() == 1);
  CHECK((*db.store->find_account_of(alice))->password_hash == "new");
  CHECK_FALSE(*db.store->find_account_of(bob));
  CHECK(*db.store->change_password({alice, "new", "newer", {}}));
  CHECK(db.store->devices_of(alice, {0})->empty());
}
