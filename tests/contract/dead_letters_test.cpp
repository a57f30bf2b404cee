#include <catch2/catch.hpp>

#include "tests/contract/drivers.hpp"
#include "tests/contract/poison.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;
using strings = std::vector<std::string>;

namespace {

auto count(storage::store& store) -> std::uint64_t {
  const auto found = store.count_dead_letters();
  REQUIRE(found);
  return *found;
}

auto keep(storage::store& store, const chat::entry& e) -> chat::message_id {
  REQUIRE(store.add_dead_letter({e, after_noon(5), "the store cannot take this data"}));
  return e.id;
}

auto history(storage::store& store, const script& room) -> strings {
  const auto found = store.messages(room.id(), storage::ordinal_range{1, 99});
  REQUIRE(found);
  for (std::size_t i = 0; i < found->size(); ++i) CHECK((*found)[i].ordinal == i + 1);
  return texts(*found);
}

constexpr auto later = after_noon(60'000);

}  // namespace

STORE_CASE("a row that the database refuses is refused alone", "[dead_letters]") {
  database<TestType> db;
  refuse_poison(db.options);
  script room{*db.store, alice, bob};
  script other{*db.store, alice, carol};
  const auto fine = room.message(alice, "fine");
  const auto bad = room.message(alice, "poison");
  const auto bystander = other.message(alice, "bystander");
  const auto whole = append(*db.store, {fine, bad, bystander});
  REQUIRE_FALSE(whole);
  CHECK(whole.error().code == errc::refused);
  CHECK(whole.error().detail.find("poison") == std::string::npos);
  CHECK(history(*db.store, room).empty());
  CHECK(append(*db.store, {fine}));
  CHECK(append(*db.store, {bad}).error().code == errc::refused);
  CHECK(append(*db.store, {bystander}));
  CHECK(history(*db.store, room) == strings{"fine"});
  CHECK(history(*db.store, other) == strings{"bystander"});
}

STORE_CASE("a trigger's own refusal refuses the row", "[dead_letters]") {
  database<TestType> db;
  refuse_poison_by_trigger(db.options);
  script room{*db.store, alice, bob};
  const auto refused = append(*db.store, {room.message(alice, "poison")});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::refused);
}

STORE_CASE("a dead letter is kept as it was", "[dead_letters]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  auto e = room.message_with_key(alice, "text", "key");
  e.reply_to = {new_id()};
  e.attachments = announced(*db.store, e, 2);
  const auto edit = room.edit(e, "text!");
  const auto added = room.add({carol, dave});
  for (const auto& one : {e, edit, added}) keep(*db.store, one);
  for (const auto& one : {e, edit, added}) {
    const auto found = db.store->find_dead_letter(one.id);
    REQUIRE(found);
    REQUIRE(*found);
    CHECK((*found)->entry == one);
    CHECK((*found)->failed_at == after_noon(5));
    CHECK((*found)->reason == "the store cannot take this data");
  }
  CHECK(count(*db.store) == 3);
  CHECK_FALSE(*db.store->find_dead_letter({new_id()}));
}

STORE_CASE("what the tables refuse, the dead letters take", "[dead_letters]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  auto e = room.message({std::string(300, 'x')}, "not \xff UTF-8 \xc3");
  e.client_message_id = std::string(100, 'k');
  REQUIRE_FALSE(append(*db.store, {e}));
  const auto id = keep(*db.store, e);
  CHECK((*db.store->find_dead_letter(id))->entry == e);
}

STORE_CASE("a letter kept again has the new time and reason", "[dead_letters]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const auto e = room.message(alice, "text");
  keep(*db.store, e);
  REQUIRE(db.store->add_dead_letter({e, after_noon(9), "still"}));
  const auto found = *db.store->find_dead_letter(e.id);
  CHECK(found->failed_at == after_noon(9));
  CHECK(found->reason == "still");
  CHECK(count(*db.store) == 1);
}

STORE_CASE("dead letters are listed newest first, page by page", "[dead_letters]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  strings expected;
  for (int i = 0; i < 5; ++i) {
    keep(*db.store, room.message(alice, std::to_string(i)));
    expected.insert(expected.begin(), std::to_string(i));
  }
  strings listed;
  for (chat::message_id before;;) {
    const auto page = db.store->dead_letters(before, 2);
    REQUIRE(page);
    if (page->empty()) break;
    CHECK(page->size() <= 2);
    for (const auto& one : *page) listed.push_back(one.entry.content);
    before = page->back().entry.id;
  }
  CHECK(listed == expected);
}

STORE_CASE("a dropped letter is gone", "[dead_letters]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const auto id = keep(*db.store, room.message(alice, "text"));
  CHECK(*db.store->drop_dead_letter(id));
  CHECK_FALSE(*db.store->drop_dead_letter(id));
  CHECK(count(*db.store) == 0);
}

STORE_CASE("a retried letter becomes the last message and is dropped", "[dead_letters]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  auto lost = room;
  const auto dead = lost.message_with_key(alice, "at last", "key");
  keep(*db.store, dead);
  REQUIRE(append(*db.store, {room.message(bob, "meanwhile"), room.add({carol})}));
  const auto place = db.store->retry_dead_letter(dead.id, later);
  REQUIRE(place);
  CHECK(place->conversation == room.id());
  CHECK(place->seq == room.last_seq + 1);
  CHECK(history(*db.store, room) == strings{"meanwhile", "at last"});
  const auto stored = *db.store->find_send(room.id(), alice, "key");
  REQUIRE(stored);
  CHECK(stored->id == dead.id);
  CHECK(stored->created_at == later);
  CHECK(count(*db.store) == 0);
  CHECK(db.store->retry_dead_letter(dead.id, later).error().code == errc::not_found);
}

STORE_CASE("the owner's next row collides with a retried one", "[dead_letters]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  auto lost = room;
  REQUIRE(db.store->retry_dead_letter(keep(*db.store, lost.message(alice, "retried")), later));
  CHECK(append(*db.store, {room.message(alice, "late")}).error().code == errc::duplicate);
}

STORE_CASE("a retried edit changes its message", "[dead_letters]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const auto message = room.message(alice, "text");
  REQUIRE(append(*db.store, {message}));
  const auto place =
      db.store->retry_dead_letter(keep(*db.store, room.edit(message, "text!")), later);
  REQUIRE(place);
  CHECK(place->seq == message.seq + 1);
  CHECK(history(*db.store, room) == strings{"text!"});
}

STORE_CASE("a letter whose send was stored meanwhile is only dropped", "[dead_letters]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  auto lost = room;
  const auto dead = lost.message_with_key(alice, "text", "key");
  keep(*db.store, dead);
  const auto sent_again = room.message_with_key(alice, "text", "key");
  REQUIRE(append(*db.store, {sent_again}));
  const auto place = db.store->retry_dead_letter(dead.id, later);
  REQUIRE(place);
  CHECK(place->seq == sent_again.seq);
  CHECK(history(*db.store, room) == strings{"text"});
  CHECK(count(*db.store) == 0);
}

STORE_CASE("a letter that is refused again stays", "[dead_letters]") {
  database<TestType> db;
  refuse_poison(db.options);
  script room{*db.store, alice, bob};
  const auto id = keep(*db.store, room.message(alice, "poison"));
  CHECK(db.store->retry_dead_letter(id, later).error().code == errc::refused);
  CHECK(count(*db.store) == 1);
  CHECK(history(*db.store, room).empty());
}

STORE_CASE("membership and conversations that are gone are not posted again", "[dead_letters]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const auto added = keep(*db.store, room.add({carol}));
  CHECK(db.store->retry_dead_letter(added, later).error().code == errc::bad_request);
  auto orphan = room.message(alice, "text");
  orphan.conversation = {new_id()};
  const auto gone = keep(*db.store, orphan);
  CHECK(db.store->retry_dead_letter(gone, later).error().code == errc::not_found);
  CHECK(count(*db.store) == 2);
}
