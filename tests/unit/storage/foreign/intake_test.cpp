#include "storage/foreign/intake.hpp"

#include <catch2/catch.hpp>

#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::test;
using namespace parley::storage::foreign;

namespace {

auto id_number(std::uint8_t number) -> chat::uuid {
  chat::uuid id;
  id.bytes[15] = number;
  return id;
}

auto direct(std::uint8_t number, const chat::user_id& one, const chat::user_id& other)
    -> foreign_conversation {
  foreign_conversation made;
  made.info.id = {id_number(number)};
  made.info.type = chat::conversation_type::direct;
  made.info.participant1 = one;
  made.info.participant2 = other;
  made.info.created_by = one;
  made.place = "line 1";
  return made;
}

auto message(chat::conversation_id in, std::uint8_t number, micros at) -> foreign_entry {
  foreign_entry made;
  made.what.conversation = in;
  made.what.id = {id_number(number)};
  made.what.actor = alice;
  made.what.content = "text " + std::to_string(number);
  made.what.created_at = {at / 1'000};
  made.at = at;
  made.place = "line " + std::to_string(number);
  return made;
}

}  // namespace

TEST_CASE("entries come back in the order of time, then as they were read", "[storage][foreign]") {
  intake box;
  const auto room = box.add(direct(1, alice, bob));
  auto deletion = message(room, 50, 2'000);
  deletion.what.kind = chat::entry_kind::deleted;
  deletion.what.target = {id_number(3)};
  REQUIRE(box.add(deletion));
  for (const auto& [number, at] :
       std::vector<std::pair<int, micros>>{{2, 3'000}, {3, 1'000}, {4, 2'000}, {5, 2'000}})
    REQUIRE(box.add(message(room, static_cast<std::uint8_t>(number), at)));
  box.sort();
  std::vector<chat::message_id> order;
  entry_mark mark;
  for (auto some = box.entries_of(room, mark, 2); !some.empty();
       some = box.entries_of(room, mark, 2))
    for (const auto& each : some) order.push_back(each.what.id);
  const std::vector<chat::message_id> wanted{
      {id_number(3)}, {id_number(4)}, {id_number(5)}, {id_number(50)}, {id_number(2)}};
  CHECK(order == wanted);
  for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(box.entry_id_at(room, i) == wanted[i]);
  CHECK_FALSE(box.entry_id_at(room, wanted.size()));
  CHECK(box.messages_in(room) == 4);
  CHECK(box.counts().changes == 1);
}

TEST_CASE("an entry keeps what it came with", "[storage][foreign]") {
  intake box;
  const auto room = box.add(direct(1, alice, bob));
  auto sent = message(room, 2, 1'704'110'400'123'456);
  sent.what.reply_to = {id_number(9)};
  sent.what.content = std::string{"a\0b", 3};
  sent.files = {"20240115/a b.png", "c"};
  REQUIRE(box.add(sent));
  box.sort();
  entry_mark mark;
  const auto found = box.entries_of(room, mark, 10);
  REQUIRE(found.size() == 1);
  CHECK(found[0].what == sent.what);
  CHECK(found[0].at == sent.at);
  CHECK(found[0].place == "line 2");
  CHECK(found[0].files == sent.files);
}

TEST_CASE("what is there already is not taken twice", "[storage][foreign]") {
  intake box;
  const auto room = box.add(direct(1, alice, bob));
  CHECK(box.add(message(room, 2, 1'000)));
  CHECK_FALSE(box.add(message(room, 2, 9'000)));
  CHECK(box.add(foreign_user{{alice, "Alice", "", "", ""}, "alice", false, "line 1"}));
  CHECK_FALSE(box.add(foreign_user{{alice, "Other", "", "", ""}, "", false, "line 2"}));
  CHECK(box.knows(alice));
  CHECK_FALSE(box.knows(bob));
  CHECK(box.users_after({}, 10).front().profile.first_name == "Alice");
  CHECK(box.users_after(alice, 10).empty());
}

TEST_CASE("a second conversation of the same two leads to the first", "[storage][foreign]") {
  intake box;
  const auto first = box.add(direct(1, alice, bob));
  CHECK(box.add(direct(1, alice, bob)) == first);
  CHECK(box.add(direct(2, bob, alice)) == first);
  CHECK(box.find({id_number(2)})->info.id == first);
  CHECK_FALSE(box.find({id_number(3)}));
  CHECK(box.conversations_after({}, 10).size() == 1);
  CHECK(box.counts().conversations == 1);
}

TEST_CASE("members move forward only", "[storage][foreign]") {
  intake box;
  const auto room = box.add(direct(1, alice, bob));
  box.add(room, foreign_member{alice});
  box.add(room, foreign_member{bob});
  foreign_member to{bob};
  to.delivered_up_to = 5'000;
  to.delivered_at = {5};
  to.read_up_to = 3'000;
  to.read_at = {4};
  box.advance(room, to);
  to.delivered_up_to = 4'000;
  to.delivered_at = {9};
  to.read_up_to = 6'000;
  to.read_at = {7};
  box.advance(room, to);
  const auto members = box.members_of(room);
  REQUIRE(members.size() == 2);
  CHECK(members[0].read_up_to == 0);
  CHECK(members[1].delivered_up_to == 5'000);
  CHECK(members[1].delivered_at.ms == 5);
  CHECK(members[1].read_up_to == 6'000);
  CHECK(members[1].read_at.ms == 7);
}
