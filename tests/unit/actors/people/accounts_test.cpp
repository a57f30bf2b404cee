#include "actors/people/accounts.hpp"

#include <catch2/catch.hpp>

#include "tests/support/actor_world.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;

namespace {

struct accounts_world : actor_world {
  accounts_world() {
    env().accounts.push_back(keep(system().spawn<actors::accounts_actor, caf::detached>(env())));
  }

  template <class Command>
  auto ask(Command what) {
    asking me{system()};
    ++env().hashes;
    return me.ask(env().accounts[0], chat::caller{}, std::move(what));
  }
};

auto sign_up(std::string name, std::string password = "correct horse") -> chat::register_account {
  return {std::move(name), std::move(password), "Ann", "Other", "", false, ""};
}

}  // namespace

TEST_CASE("who registers can sign in, with the password only", "[actors][accounts]") {
  accounts_world world;
  const auto made = world.ask(sign_up("ann"));
  REQUIRE(made);
  const auto in = world.ask(chat::sign_in{"ann", "correct horse", false, ""});
  REQUIRE(in);
  CHECK(in->profile.user == made->profile.user);
  CHECK(in->device.id.is_nil());
  CHECK(in->profile.first_name == "Ann");
  const auto wrong = world.ask(chat::sign_in{"ann", "wrong horse", false, ""});
  const auto unknown = world.ask(chat::sign_in{"nobody", "correct horse", false, ""});
  REQUIRE_FALSE(wrong);
  REQUIRE_FALSE(unknown);
  CHECK(wrong.error() == unknown.error());
  CHECK(wrong.error().code == errc::unauthenticated);
  CHECK(world.env().hashes == 0);
}

TEST_CASE("a user name is given once", "[actors][accounts]") {
  accounts_world world;
  REQUIRE(world.ask(sign_up("ann")));
  CHECK(world.ask(sign_up("ann", "another password")).error().code == errc::conflict);
  CHECK(world.ask(chat::sign_in{"ann", "correct horse", false, ""}));
}

TEST_CASE("names and passwords have a form", "[actors][accounts]") {
  accounts_world world;
  for (const auto& name : {std::string{"ab"}, std::string(33, 'a'), std::string{"Ann"},
                           std::string{"a b c"}, std::string{"\xc3\xa9mile"}, std::string{}})
    CHECK(world.ask(sign_up(name)).error().code == errc::bad_request);
  for (const auto& password :
       {std::string{"1234567"}, std::string(129, 'x'), std::string{"invalid \xff"}})
    CHECK(world.ask(sign_up("ann", password)).error().code == errc::bad_request);
  CHECK(world.env().hashes == 0);
}

TEST_CASE("a store that is away is no wrong password", "[actors][accounts]") {
  accounts_world world;
  world.home().reads.cut_reads(true);
  CHECK(world.ask(chat::sign_in{"ann", "correct horse", false, ""}).error().code == errc::unavailable);
  CHECK(world.env().hashes == 0);
}

TEST_CASE("who is asked to stay signed in is kept as a device, on both ways in", "[actors][accounts]") {
  accounts_world world;
  auto stays = sign_up("ann");
  stays.stays = true;
  stays.agent = "Laptop";
  const auto made = world.ask(stays);
  REQUIRE(made);
  CHECK(made->device.generation == 1);
  const auto in = world.ask(chat::sign_in{"ann", "correct horse", true, "Phone"});
  REQUIRE(in);
  CHECK(in->device.id != made->device.id);
  CHECK(world.store().devices_of(in->profile.user, {})->size() == 2);
}

TEST_CASE("a new password needs the present one, and ends the other devices", "[actors][accounts]") {
  accounts_world world;
  auto stays = sign_up("ann");
  stays.stays = true;
  const auto made = world.ask(stays);
  REQUIRE(made);
  const auto other = world.ask(chat::sign_in{"ann", "correct horse", true, "Phone"});
  REQUIRE(other);
  asking me{world.system()};
  const auto change = [&](const chat::user_id& who, chat::change_password what) {
    ++world.env().hashes;
    return me.ask(world.env().accounts[0], caller_of(who), std::move(what));
  };
  const auto& ann = made->profile.user;
  const auto here = made->device.id;
  CHECK(change(ann, {"wrong horse", "battery staple", here}).error().code == errc::forbidden);
  CHECK(change(ann, {"correct horse", "short", here}).error().code == errc::bad_request);
  CHECK(change({"nobody"}, {"correct horse", "battery staple", here}).error().code == errc::not_found);
  CHECK(world.store().devices_of(ann, {})->size() == 2);
  CHECK(change(ann, {"correct horse", "battery staple", here}));
  const auto left = *world.store().devices_of(ann, {});
  REQUIRE(left.size() == 1);
  CHECK(left[0].id == here);
  CHECK(world.ask(chat::sign_in{"ann", "correct horse", false, ""}).error().code == errc::unauthenticated);
  CHECK(world.ask(chat::sign_in{"ann", "battery staple", false, ""}));
  CHECK(world.env().hashes == 0);
}
