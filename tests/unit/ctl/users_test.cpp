#include "app/ctl/users.hpp"

#include "storage/password.hpp"
#include "tests/unit/ctl/desk.hpp"

using namespace parley;
using namespace parley::test;

namespace {

auto password_of(operator_desk& desk, const std::string& name) -> std::string {
  const auto account = desk.store->find_account(name);
  REQUIRE(account);
  REQUIRE(*account);
  return (*account)->password_hash;
}

auto user_of(operator_desk& desk, const std::string& name) -> chat::user_id {
  const auto account = desk.store->find_account(name);
  REQUIRE(account);
  REQUIRE(*account);
  return (*account)->user;
}

/// alice and bob of the room as people with profiles, alice with a file in a message.
struct peopled_desk : operator_desk {
  peopled_desk() {
    const std::vector<chat::profile> both{{alice, "Alice", "A", "", ""}, {bob, "Bob", "B", "", ""}};
    REQUIRE(store->save_profiles(both));
    post(alice, "from alice");
    post(bob, "from bob");
    post(alice, "more from alice");
  }
};

}  // namespace

TEST_CASE("an account is made with a password of the input, which is not shown", "[ctl][users]") {
  operator_desk desk;
  CHECK(desk.run({"user", "create", "ann", "--first-name", "Ann", "--json"}, "correct horse\n") ==
        ctl::done);
  CHECK_FALSE(desk.said("correct"));
  CHECK(desk.json()["userId"] == user_of(desk, "ann").value);
  CHECK(storage::verify_password(password_of(desk, "ann"), "correct horse"));
  CHECK(desk.complained("auth.accounts is off"));
  CHECK(desk.run({"user", "create", "ann"}, "another horse\n") == ctl::failed);
  CHECK(desk.complaints.str() == "parleyctl: the name 'ann' is taken\n");
  CHECK(desk.run({"user", "create", "eve"}, "short\n") == ctl::failed);
  CHECK(desk.run({"user", "create", "eve"}) == ctl::failed);
  CHECK(desk.complained("first line of the standard input"));
}

TEST_CASE("a random password is printed, and is the account's", "[ctl][users]") {
  operator_desk desk;
  CHECK(desk.run({"user", "create", "ann", "--random", "--json"}) == ctl::done);
  const auto first = desk.json()["password"].get<std::string>();
  CHECK(first.size() == 20);
  CHECK(storage::verify_password(password_of(desk, "ann"), first));
  CHECK(desk.run({"user", "password", "ann", "--random"}) == ctl::done);
  CHECK_FALSE(storage::verify_password(password_of(desk, "ann"), first));
  CHECK_FALSE(desk.said(first));
  CHECK(desk.run({"user", "password", "nobody", "--random"}) == ctl::failed);
  CHECK(desk.complained("there is no account 'nobody'"));
}

TEST_CASE("a disabled account keeps its password, also one that it is given meanwhile",
          "[ctl][users]") {
  operator_desk desk;
  REQUIRE(desk.run({"user", "create", "ann"}, "correct horse\n") == ctl::done);
  CHECK(desk.run({"user", "disable", "ann"}) == ctl::done);
  CHECK_FALSE(storage::verify_password(password_of(desk, "ann"), "correct horse"));
  CHECK(desk.run({"user", "list"}) == ctl::done);
  CHECK(desk.said("disabled"));
  CHECK(desk.run({"user", "password", "ann"}, "battery staple\n") == ctl::done);
  CHECK_FALSE(storage::verify_password(password_of(desk, "ann"), "battery staple"));
  CHECK(desk.run({"user", "enable", "ann"}) == ctl::done);
  CHECK(storage::verify_password(password_of(desk, "ann"), "battery staple"));
  CHECK(desk.run({"user", "disable", "nobody"}) == ctl::failed);
}

TEST_CASE("accounts are listed by name, page after page", "[ctl][users]") {
  operator_desk desk;
  CHECK(desk.run({"user", "list"}) == ctl::done);
  CHECK(desk.out.str() == "no accounts\n");
  for (const auto* name : {"cleo", "anna", "bert"})
    REQUIRE(desk.run({"user", "create", name, "--random"}) == ctl::done);
  desk.settings = {"--auth.admins=" + user_of(desk, "bert").value};
  CHECK(desk.run({"user", "list", "--limit", "2", "--json"}) == ctl::done);
  REQUIRE(desk.json().size() == 2);
  CHECK(desk.json()[0]["userName"] == "anna");
  CHECK(desk.run({"user", "list", "--after", "anna", "--json"}) == ctl::done);
  REQUIRE(desk.json().size() == 2);
  CHECK(desk.json()[1]["userName"] == "cleo");
  CHECK(desk.run({"user", "list"}) == ctl::done);
  CHECK(desk.said(user_of(desk, "bert").value + "  admin"));
}

TEST_CASE("a person is shown by user name and by user id", "[ctl][users]") {
  peopled_desk desk;
  CHECK(desk.run({"user", "show", "alice", "--json"}) == ctl::done);
  CHECK(desk.json()["firstName"] == "Alice");
  CHECK(desk.json()["userName"].is_null());
  CHECK(desk.json()["conversations"] == 1);
  REQUIRE(desk.run({"user", "create", "ann", "--random"}) == ctl::done);
  CHECK(desk.run({"user", "show", user_of(desk, "ann").value}) == ctl::done);
  CHECK(desk.said("userName: ann\n"));
  CHECK(desk.run({"user", "show", "nobody"}) == ctl::failed);
  CHECK(desk.complained("there is no account and no user 'nobody'"));
}

TEST_CASE("deletion says first what it would do", "[ctl][users]") {
  peopled_desk desk;
  CHECK(desk.run({"user", "delete", "alice", "--messages"}) == ctl::failed);
  CHECK(desk.complained("nothing was done: repeat with --yes to delete alice"));
  CHECK((*desk.store->load(desk.room, 0))->members.size() == 2);
}

TEST_CASE("whoever is deleted leaves its groups to a successor and is known no more",
          "[ctl][users]") {
  peopled_desk desk;
  CHECK(desk.run({"user", "delete", "alice", "--yes", "--json"}) == ctl::done);
  CHECK(desk.json()["groupsLeft"] == 1);
  CHECK(desk.json()["messagesDeleted"] == 0);
  const auto room = *desk.store->load(desk.room, 0);
  REQUIRE(room->members.size() == 1);
  CHECK(room->members[0].user == bob);
  CHECK(room->members[0].role == chat::member_role::owner);
  const auto profile = desk.store->profiles(std::vector{alice});
  CHECK(profile->front().first_name.empty());
  const auto messages = desk.store->messages(desk.room, storage::ordinal_range{1, 9});
  CHECK(messages->front().content == "from alice");
  CHECK(desk.run({"user", "delete", "alice", "--yes", "--json"}) == ctl::done);
  CHECK(desk.json()["groupsLeft"] == 0);
}

TEST_CASE("its messages go too when that is asked for, and leave no text", "[ctl][users]") {
  peopled_desk desk;
  CHECK(desk.run({"user", "delete", "alice", "--messages", "--yes"}) == ctl::done);
  CHECK(desk.said("left 1 groups, deleted 2 messages"));
  const auto messages = desk.store->messages(desk.room, storage::ordinal_range{1, 9});
  REQUIRE(messages);
  REQUIRE(messages->size() == 3);
  CHECK((*messages)[0].deleted_at);
  CHECK((*messages)[1].content == "from bob");
  CHECK((*messages)[2].deleted_at);
  CHECK(desk.run({"conversation", "export", to_string(desk.room)}) == ctl::done);
  CHECK_FALSE(desk.said("from alice"));
  const auto census = std::move(*storage::open_census(desk.options, {}));
  CHECK(census->wrote_in(alice)->empty());
}
