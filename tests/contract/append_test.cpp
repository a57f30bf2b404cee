#include <catch2/catch.hpp>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;

STORE_CASE("an appended batch is read back as it was written, in order", "[append]") {
  database<TestType> db;
  script room{*db.store, chat::conversation_type::group, {alice, bob}};
  std::vector<chat::entry> batch;
  batch.push_back(room.message(alice, "first"));
  batch.push_back(room.message_with_key(bob, "second", "key-1"));
  batch.back().reply_to = batch.front().id;
  batch.back().attachments = announced(*db.store, batch.back(), 2);
  batch.push_back(room.add({carol, dave}));
  batch.push_back(room.message(carol, "third"));
  REQUIRE(db.store->append(batch));
  const auto stored = db.store->entries(room.id(), 2, room.last_seq);
  REQUIRE(stored);
  CHECK(*stored == batch);
  const auto created = db.store->entries(room.id(), 1, 1);
  REQUIRE(created);
  REQUIRE(created->size() == 1);
  CHECK(created->front() == room.what.created);
}

STORE_CASE("an empty batch changes nothing", "[append]") {
  database<TestType> db;
  CHECK(db.store->append({}));
}

STORE_CASE("batches of every size are stored whole", "[append]") {
  database<TestType> db;
  script room{*db.store, chat::conversation_type::group, {alice, bob}};
  for (const std::size_t size : {1, 4, 5, 16, 63, 256, 300}) {
    const auto batch = room.messages(alice, size);
    REQUIRE(db.store->append(batch));
    const auto stored = db.store->entries(room.id(), batch.front().seq, batch.back().seq);
    REQUIRE(stored);
    CHECK(*stored == batch);
  }
}

STORE_CASE("a batch may hold rows of several conversations", "[append]") {
  database<TestType> db;
  script one{*db.store, alice, bob};
  script other{*db.store, alice, carol};
  REQUIRE(append(*db.store, {one.message(alice, "a"), other.message(carol, "b"),
                             one.message(bob, "c"), other.message(alice, "d")}));
  CHECK(texts(*db.store->entries(one.id(), 2, 9)) == std::vector<std::string>{"a", "c"});
  CHECK(texts(*db.store->entries(other.id(), 2, 9)) == std::vector<std::string>{"b", "d"});
}

STORE_CASE("a seq that is taken refuses the whole batch", "[append]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  script bystander{*db.store, alice, carol};
  auto rival = room;
  REQUIRE(append(*db.store, {room.message(alice, "kept")}));
  const auto refused =
      append(*db.store, {bystander.message(alice, "not kept"), rival.message(bob, "late")});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::duplicate);
  CHECK(texts(*db.store->entries(room.id(), 2, 9)) == std::vector<std::string>{"kept"});
  CHECK(db.store->entries(bystander.id(), 2, 9)->empty());
}

STORE_CASE("a taken seq takes back what its batch did to members", "[append]") {
  database<TestType> db;
  script room{*db.store, chat::conversation_type::group, {alice, bob}};
  auto rival = room;
  REQUIRE(append(*db.store, {room.message(alice, "1"), room.message(alice, "2")}));
  auto second = rival;
  second.last_seq = 3;
  const auto refused = append(*db.store, {second.add({carol}), rival.message(alice, "late")});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::duplicate);
  CHECK((*db.store->load(room.id(), 0))->members.size() == 2);
}

STORE_CASE("a client_message_id of one sender is taken once per conversation", "[append]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  script other{*db.store, alice, carol};
  REQUIRE(append(*db.store, {room.message_with_key(alice, "one", "key")}));
  const auto again = append(*db.store, {room.message_with_key(alice, "one", "key")});
  REQUIRE_FALSE(again);
  CHECK(again.error().code == errc::duplicate);
  --room.last_seq, --room.last_ordinal;
  CHECK(append(*db.store, {room.message_with_key(bob, "two", "key")}));
  CHECK(append(*db.store, {other.message_with_key(alice, "three", "key")}));
}

STORE_CASE("keys that differ in case only are different keys", "[append]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  CHECK(append(*db.store, {room.message_with_key(alice, "one", "Key"),
                           room.message_with_key(alice, "two", "key")}));
}

STORE_CASE("a message id is taken once", "[append]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const auto first = room.message(alice, "one");
  REQUIRE(append(*db.store, {first}));
  auto second = room.message(alice, "two");
  second.id = first.id;
  const auto refused = append(*db.store, {second});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::duplicate);
}

STORE_CASE("a stale owner collides and the true owner goes on", "[append]") {
  database<TestType> db;
  script owner{*db.store, chat::conversation_type::group, {alice, bob}};
  auto stale = owner;
  const auto other_store = db.another();
  REQUIRE(db.store->append(owner.messages(alice, 5)));
  const auto refused = other_store->append(stale.messages(bob, 3));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::duplicate);
  REQUIRE(db.store->append(owner.messages(alice, 2)));
  const auto found = other_store->entries_after(owner.id(), 1, 100);
  REQUIRE(found);
  CHECK(seqs(*found) == range(2, 8));
  CHECK(std::all_of(found->begin(), found->end(), [](auto& e) { return e.actor == alice; }));
}

STORE_CASE("data that does not fit is refused and nothing is stored", "[append]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  auto batch = room.messages(alice, 4);
  batch[2].actor.value = std::string(65, 'x');
  const auto refused = db.store->append(batch);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::refused);
  CHECK(db.store->entries(room.id(), 2, 9)->empty());
}

STORE_CASE("text comes back byte for byte", "[append]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  std::string long_text;
  for (int i = 0; i < 5'000; ++i) long_text += "\u20ac";
  const std::vector<std::string> all{"plain",
                                     "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467",
                                     std::string("a\0b\0", 4),
                                     std::string("\0", 1),
                                     "trailing space ",
                                     " \t\r\n",
                                     "quote ' \" \\ % _ ; --",
                                     long_text,
                                     ""};
  std::vector<chat::entry> batch;
  for (const auto& text : all) batch.push_back(room.message(alice, text));
  REQUIRE(db.store->append(batch));
  const auto stored = texts(*db.store->entries(room.id(), 2, 99));
  REQUIRE(stored.size() == all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    INFO("text " << i << ", " << stored[i].size() << " of " << all[i].size() << " bytes");
    CHECK((stored[i] == all[i]));
  }
}

STORE_CASE("an edit changes the message and keeps the old text on record", "[append]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const auto target = room.message(alice, "old");
  const auto edit = room.edit(target, "new");
  REQUIRE(append(*db.store, {target, edit}));
  const auto page = db.store->messages(room.id(), storage::ordinal_range{1, 9});
  REQUIRE(page);
  REQUIRE(page->size() == 1);
  CHECK(page->front().content == "new");
  CHECK(page->front().edited_at == edit.created_at);
  CHECK(page->front().seq == target.seq);
  CHECK(ask_sql(db.options, "SELECT previous_content FROM messages WHERE kind = 1", 1) == "old\n");
}

STORE_CASE("a deletion hides the text and keeps the row", "[append]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const auto target = room.message_with_key(alice, "gone", "key");
  const auto erase = room.erase(target);
  REQUIRE(append(*db.store, {target, erase}));
  const auto page = db.store->messages(room.id(), storage::ordinal_range{1, 9});
  REQUIRE(page);
  CHECK(page->front().content.empty());
  CHECK(page->front().deleted_at == erase.created_at);
  CHECK((*db.store->find_send(room.id(), alice, "key"))->content.empty());
  CHECK(ask_sql(db.options, "SELECT content FROM messages WHERE kind = 0", 1) == "gone\n");
}
