#include <catch2/catch.hpp>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;
using chat::conversation_type;
using chat::entry_kind;
using chat::errc;

namespace {

auto load(storage::store& store, chat::conversation_id id) -> chat::conversation_state {
  auto found = store.load(id, 8);
  REQUIRE(found);
  REQUIRE(*found);
  return **found;
}

auto member_of(const chat::conversation_state& record, const chat::user_id& user)
    -> chat::member {
  for (const auto& m : record.members)
    if (m.user == user) return m;
  FAIL("not a member: " << user.value);
  return {};
}

}  // namespace

STORE_CASE("a new conversation is loaded as it was made", "[members]") {
  database<TestType> db;
  auto what = plan(conversation_type::group, {alice, bob, carol});
  what.info.title = "Ward 7";
  what.info.case_id = "case 1 ";
  what.info.name = "ward-7";
  const auto made = db.store->create(what);
  REQUIRE(made);
  CHECK(*made == what.info.id);
  const auto record = load(*db.store, what.info.id);
  CHECK(record.info == what.info);
  CHECK(record.members == what.members);
  CHECK(record.last_seq == 1);
  CHECK(record.last_ordinal == 0);
  CHECK(record.recent_sends.empty());
}

STORE_CASE("an unknown conversation loads as nothing", "[members]") {
  database<TestType> db;
  const auto found = db.store->load({new_id()}, 8);
  REQUIRE(found);
  CHECK_FALSE(*found);
}

STORE_CASE("load lists the newest sends that carried a key, oldest first", "[members]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  REQUIRE(append(*db.store,
                 {room.message_with_key(alice, "1", "a"), room.message(alice, "2"),
                  room.message_with_key(bob, "3", "b"), room.message_with_key(alice, "4", "c")}));
  const auto record = *db.store->load(room.id(), 2);
  REQUIRE(record);
  CHECK(record->last_seq == 5);
  CHECK(record->last_ordinal == 4);
  CHECK(record->recent_sends ==
        std::vector{chat::send_key(bob, "b"), chat::send_key(alice, "c")});
}

STORE_CASE("there is one two-person conversation per pair", "[members]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const auto again = db.store->create(plan(conversation_type::direct, {bob, alice}));
  REQUIRE(again);
  CHECK(*again == room.id());
  const auto other_type =
      db.store->create(plan(conversation_type::professional_patient, {alice, bob}));
  REQUIRE(other_type);
  CHECK(*other_type == room.id());
  CHECK(*db.store->find_pair(bob, alice) == room.id());
  CHECK(*db.store->find_pair(alice, bob) == room.id());
  CHECK_FALSE(*db.store->find_pair(alice, carol));
}

STORE_CASE("a case_id and a name have one holder each", "[members]") {
  database<TestType> db;
  auto first = plan(conversation_type::group, {alice, bob});
  first.info.case_id = "case-1";
  first.info.name = "name-1";
  REQUIRE(db.store->create(first));
  auto by_case = plan(conversation_type::group, {carol});
  by_case.info.case_id = "case-1";
  CHECK(*db.store->create(by_case) == first.info.id);
  auto by_name = plan(conversation_type::group, {carol});
  by_name.info.name = "name-1";
  CHECK(*db.store->create(by_name) == first.info.id);
  CHECK(*db.store->find_case("case-1") == first.info.id);
  CHECK(*db.store->find_name("name-1") == first.info.id);
  CHECK_FALSE(*db.store->find_name("case-1"));
  CHECK_FALSE(*db.store->find_case("case-1 "));
  CHECK_FALSE(*db.store->find_name("NAME-1"));
  CHECK(load(*db.store, first.info.id).members.size() == 2);
}

STORE_CASE("creating the same conversation again answers its id", "[members]") {
  database<TestType> db;
  const auto what = plan(conversation_type::group, {alice, bob});
  CHECK(*db.store->create(what) == what.info.id);
  CHECK(*db.store->create(what) == what.info.id);
  CHECK(load(*db.store, what.info.id).members == what.members);
}

STORE_CASE("groups without case_id and name do not collide", "[members]") {
  database<TestType> db;
  for (int i = 0; i < 3; ++i) {
    const auto what = plan(conversation_type::group, {alice});
    CHECK(*db.store->create(what) == what.info.id);
  }
}

STORE_CASE("somebody added sees from there on", "[members]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob}};
  const auto add = [&] {
    auto batch = room.messages(alice, 3);
    batch.push_back(room.add({carol, dave}));
    REQUIRE(db.store->append(batch));
    return batch.back();
  }();
  const auto record = load(*db.store, room.id());
  REQUIRE(record.members.size() == 4);
  const auto newcomer = member_of(record, carol);
  CHECK(newcomer.after_seq == add.seq);
  CHECK(newcomer.after_ordinal == 3);
  CHECK(newcomer.role == chat::member_role::member);
  CHECK(newcomer.joined_at == add.created_at);
  CHECK(newcomer.cursors == chat::cursors{add.seq, {}, add.seq, {}});
  CHECK(member_of(record, dave).after_ordinal == 3);
}

STORE_CASE("somebody added with all of the history sees it, and none of it is unread",
           "[members]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob}};
  REQUIRE(db.store->append(room.messages(alice, 3)));
  const auto add = room.add({carol}, "all");
  REQUIRE(append(*db.store, {add}));
  const auto newcomer = member_of(load(*db.store, room.id()), carol);
  CHECK(newcomer.after_seq == 0);
  CHECK(newcomer.after_ordinal == 0);
  CHECK(newcomer.cursors.read_seq == add.seq);
}

STORE_CASE("a removed member is gone and comes back with a new window", "[members]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob, carol}};
  REQUIRE(append(*db.store, {room.message(alice, "1"), room.remove({bob, carol})}));
  CHECK(load(*db.store, room.id()).members.size() == 1);
  const auto unseen = room.message(alice, "2");
  const auto back = room.add({bob});
  REQUIRE(append(*db.store, {unseen, back}));
  const auto returned = member_of(load(*db.store, room.id()), bob);
  CHECK(returned.after_seq == back.seq);
  CHECK(returned.after_ordinal == 2);
  CHECK(returned.cursors.read_seq == back.seq);
}

STORE_CASE("many are added and removed at once", "[members]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice}};
  std::vector<chat::user_id> crowd;
  for (int i = 0; i < 700; ++i) crowd.push_back({"user-" + std::to_string(i)});
  REQUIRE(append(*db.store, {room.add(crowd)}));
  CHECK(load(*db.store, room.id()).members.size() == 701);
  crowd.pop_back();
  REQUIRE(append(*db.store, {room.remove(crowd)}));
  CHECK(load(*db.store, room.id()).members.size() == 2);
}

STORE_CASE("role and title entries change what they name", "[members]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob}};
  auto promote = room.change(entry_kind::role, alice, "admin");
  promote.subjects = {bob};
  REQUIRE(append(*db.store, {promote, room.change(entry_kind::title, alice, "Round \U0001f600")}));
  auto record = load(*db.store, room.id());
  CHECK(member_of(record, bob).role == chat::member_role::admin);
  CHECK(member_of(record, alice).role == chat::member_role::owner);
  CHECK(record.info.title == "Round \U0001f600");
  REQUIRE(append(*db.store, {room.change(entry_kind::title, alice, "")}));
  CHECK(load(*db.store, room.id()).info.title.empty());
}

STORE_CASE("cursors move forward only", "[members]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob}};
  const auto save = [&](chat::cursors at) {
    const chat::cursor_row rows[]{{room.id(), bob, at}, {room.id(), carol, at}};
    REQUIRE(db.store->save_cursors(rows));
    return member_of(load(*db.store, room.id()), bob).cursors;
  };
  CHECK(save({5, after_noon(5), 3, after_noon(3)}) ==
        chat::cursors{5, after_noon(5), 3, after_noon(3)});
  CHECK(save({4, after_noon(9), 4, after_noon(9)}) ==
        chat::cursors{5, after_noon(5), 4, after_noon(9)});
  CHECK(save({5, after_noon(10), 4, after_noon(10)}) ==
        chat::cursors{5, after_noon(5), 4, after_noon(9)});
  CHECK(save({7, after_noon(11), 0, {}}) == chat::cursors{7, after_noon(11), 4, after_noon(9)});
  CHECK(load(*db.store, room.id()).members.size() == 2);
}

STORE_CASE("the later of two rows for one member wins in one call", "[members]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob}};
  const chat::cursor_row rows[]{{room.id(), bob, {2, after_noon(2), 0, {}}},
                                   {room.id(), bob, {3, after_noon(3), 1, after_noon(3)}}};
  REQUIRE(db.store->save_cursors(rows));
  CHECK(member_of(load(*db.store, room.id()), bob).cursors ==
        chat::cursors{3, after_noon(3), 1, after_noon(3)});
}

STORE_CASE("touch writes the summary and only forward", "[members]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const auto summary = [&] {
    return ask_sql(db.options, "SELECT last_message_at, updated_at FROM conversations", 2);
  };
  CHECK(summary() == "NULL|" + std::to_string(noon.ms) + "\n");
  const storage::activity later{room.id(), after_noon(50)};
  const storage::activity earlier{room.id(), after_noon(40)};
  REQUIRE(db.store->touch({&later, 1}));
  REQUIRE(db.store->touch({&earlier, 1}));
  const auto at = std::to_string(after_noon(50).ms);
  CHECK(summary() == at + "|" + at + "\n");
}

STORE_CASE("the status view derives status and times from the cursors", "[members]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob, carol}};
  const auto batch = room.messages(alice, 3);
  REQUIRE(db.store->append(batch));
  const chat::cursor_row rows[]{{room.id(), bob, {4, after_noon(1), 3, after_noon(2)}},
                                   {room.id(), carol, {2, after_noon(3), 2, after_noon(3)}}};
  REQUIRE(db.store->save_cursors(rows));
  CHECK(ask_sql(db.options, "SELECT status FROM message_status ORDER BY created_at", 1) ==
        "Read\nSent\nSent\n");
  const chat::cursor_row more[]{{room.id(), carol, {3, after_noon(4), 0, {}}}};
  REQUIRE(db.store->save_cursors(more));
  const auto late = std::to_string(after_noon(4).ms);
  const auto read = std::to_string(after_noon(3).ms);
  CHECK(ask_sql(db.options,
                "SELECT status, delivered_at, read_at FROM message_status ORDER BY created_at",
                3) ==
        "Read|" + late + "|" + read + "\nDelivered|" + late + "|NULL\nSent|NULL|NULL\n");
}

STORE_CASE("a group name of 100 units is taken, however many bytes they are", "[members]") {
  database<TestType> db;
  std::string longest;
  for (int i = 0; i < 100; ++i) longest += "\u7fa4";
  auto group = plan(conversation_type::group, {alice});
  group.info.name = longest;
  REQUIRE(db.store->create(group));
  CHECK(*db.store->find_name(longest) == group.info.id);
  CHECK(load(*db.store, group.info.id).info.name == longest);
  auto same = plan(conversation_type::group, {bob});
  same.info.name = longest;
  CHECK(*db.store->create(same) == group.info.id);
}
