#include <catch2/catch.hpp>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;

namespace {

auto ids_of(const std::vector<chat::attachment>& files) -> std::vector<chat::uuid> {
  std::vector<chat::uuid> ids;
  for (const auto& file : files) ids.push_back(file.id);
  return ids;
}

auto rows(storage::store& store, const std::vector<chat::attachment>& files)
    -> std::vector<storage::attachment_row> {
  const auto found = store.attachments(ids_of(files));
  REQUIRE(found);
  return *found;
}

auto row_of(const script& room, const chat::user_id& who, std::uint64_t size, chat::timestamp at)
    -> storage::attachment_row {
  return {{new_id(), "a.txt", "text/plain", size, {}}, room.id(), who, at, {}};
}

auto take(storage::store& store, chat::timestamp before) -> std::vector<chat::uuid> {
  const auto taken = store.take_unused_attachments(before, 10);
  REQUIRE(taken);
  return *taken;
}

}  // namespace

STORE_CASE("an announced file is found as it was announced", "[attachments]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const auto row = row_of(room, alice, 5'000'000'000, after_noon(7));
  REQUIRE(db.store->add_attachment(row, {}));
  const std::vector<chat::uuid> ids{new_id(), row.what.id};
  const auto found = db.store->attachments(ids);
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  const auto& one = found->front();
  CHECK(one.what == row.what);
  CHECK(one.conversation == room.id());
  CHECK(one.uploader == alice);
  CHECK(one.created_at == after_noon(7));
  CHECK(one.message.is_nil());
}

STORE_CASE("the size of an image goes with it into its message", "[attachments]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  auto row = row_of(room, alice, 10, noon);
  row.what.width = 640;
  row.what.height = 480;
  REQUIRE(db.store->add_attachment(row, {}));
  CHECK(db.store->attachments(std::vector{row.what.id})->at(0).what == row.what);
  auto message = room.message(alice, "look");
  message.attachments = {row.what};
  REQUIRE(append(*db.store, {message}));
  CHECK(db.store->entries(room.id(), message.seq, message.seq)->at(0).attachments ==
        std::vector{row.what});
}

STORE_CASE("a user over the quota announces nothing more that day", "[attachments]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const storage::attachment_quota bytes{noon, 100, 0};
  CHECK(db.store->add_attachment(row_of(room, alice, 90, after_noon(-1)), bytes));  // the day before
  CHECK(db.store->add_attachment(row_of(room, alice, 60, noon), bytes));
  CHECK(db.store->add_attachment(row_of(room, alice, 41, noon), bytes).error().code ==
        errc::rate_limited);
  CHECK(db.store->add_attachment(row_of(room, bob, 100, noon), bytes));
  CHECK(db.store->add_attachment(row_of(room, alice, 40, noon), bytes));
  const storage::attachment_quota files{noon, 0, 3};
  CHECK(db.store->add_attachment(row_of(room, alice, 0, noon), files));
  CHECK(db.store->add_attachment(row_of(room, alice, 0, noon), files).error().code ==
        errc::rate_limited);
}

STORE_CASE("a message keeps its files wherever it is read", "[attachments]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  auto sent = room.message_with_key(alice, "see", "key");
  sent.attachments = announced(*db.store, sent, 3);
  const auto plain = room.message(alice, "nothing");
  REQUIRE(append(*db.store, {sent, plain}));
  for (const auto& row : rows(*db.store, sent.attachments)) CHECK(row.message == sent.id);
  const auto page = db.store->messages(room.id(), storage::ordinal_range{1, 9});
  REQUIRE(page);
  CHECK(*page == std::vector{sent, plain});
  const auto caught_up = db.store->entries_after(room.id(), 1, 9);
  REQUIRE(caught_up);
  CHECK(*caught_up == std::vector{sent, plain});
  CHECK(**db.store->find_send(room.id(), alice, "key") == sent);
  CHECK(db.store->undelivered(bob, 9)->front() == sent);
}

STORE_CASE("the chat list and the archive show files, too", "[attachments]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  auto first = room.message(alice, "see");
  first.attachments = announced(*db.store, first, 1);
  auto last = room.message(alice, "and see");
  last.attachments = announced(*db.store, last, 1);
  REQUIRE(append(*db.store, {first, last}));
  storage::archive_mark from;
  REQUIRE(*db.store->archive(after_noon(100'000'000), 100, from) > 0);
  CHECK(db.store->messages(room.id(), storage::ordinal_range{1, 9})->front() == first);
  const auto list = db.store->chat_list(bob, {}, 0);
  REQUIRE(list);
  CHECK(list->front().last_message == last);
}

STORE_CASE("the files of a deleted message are out of sight", "[attachments]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  auto sent = room.message(alice, "see");
  sent.attachments = announced(*db.store, sent, 1);
  REQUIRE(append(*db.store, {sent}));
  REQUIRE(append(*db.store, {room.erase(sent)}));
  CHECK(db.store->messages(room.id(), storage::ordinal_range{1, 9})->front().attachments.empty());
  CHECK(db.store->entries_after(room.id(), 1, 1)->front().attachments.empty());
}

STORE_CASE("a file goes out with one message", "[attachments]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  auto sent = room.message(alice, "one");
  const auto files = announced(*db.store, sent, 1);
  sent.attachments = files;
  auto again = room.message(alice, "two");
  again.attachments = files;
  const auto whole = append(*db.store, {sent, again});
  REQUIRE_FALSE(whole);
  CHECK(whole.error().code == errc::refused);
  CHECK(rows(*db.store, files).front().message.is_nil());  // a refused send loses nothing
  REQUIRE(append(*db.store, {sent}));
  CHECK(append(*db.store, {again}).error().code == errc::refused);
  CHECK(rows(*db.store, files).front().message == sent.id);
}

STORE_CASE("a file goes out by its uploader, where it was announced", "[attachments]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  script other{*db.store, alice, carol};
  auto by_another = room.message(bob, "see");
  auto owned = by_another;
  owned.actor = alice;
  const auto files = announced(*db.store, owned, 1);
  auto elsewhere = other.message(alice, "see");
  elsewhere.attachments = files;
  CHECK(append(*db.store, {elsewhere}).error().code == errc::refused);
  by_another.attachments = files;
  CHECK(append(*db.store, {by_another}).error().code == errc::refused);
  auto unknown = room.message(alice, "see");
  unknown.attachments = {{new_id(), "x", "text/plain", 1, {}}};
  CHECK(append(*db.store, {unknown}).error().code == errc::refused);
  CHECK(rows(*db.store, files).front().message.is_nil());
}

STORE_CASE("files in no message are taken out of use, oldest first", "[attachments]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const auto young = row_of(room, alice, 1, after_noon(100));
  const auto old = row_of(room, alice, 1, after_noon(20));
  const auto oldest = row_of(room, alice, 1, after_noon(10));
  for (const auto& row : {young, old, oldest}) REQUIRE(db.store->add_attachment(row, {}));
  auto sent = room.message(alice, "see");
  sent.attachments = announced(*db.store, sent, 1);
  REQUIRE(append(*db.store, {sent}));
  CHECK(*db.store->take_unused_attachments(after_noon(100), 1) ==
        std::vector{oldest.what.id});
  CHECK(take(*db.store, after_noon(100)) == std::vector{oldest.what.id, old.what.id});
  CHECK(rows(*db.store, {old.what, young.what}).size() == 1);
  auto late = room.message(alice, "see");
  late.attachments = {old.what};
  CHECK(append(*db.store, {late}).error().code == errc::refused);
  const std::vector<chat::uuid> all{oldest.what.id, old.what.id, young.what.id,
                                    sent.attachments[0].id};
  REQUIRE(db.store->forget_attachments(all));
  CHECK(take(*db.store, after_noon(100)).empty());
  CHECK(rows(*db.store, {young.what, sent.attachments[0]}).size() == 2);
}

STORE_CASE("the files of a dead letter wait with it", "[attachments][dead_letters]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  auto e = room.message(alice, "text");
  e.attachments = announced(*db.store, e, 2);
  const auto dropped = [&] {
    auto other = room.message(alice, "other");
    other.attachments = announced(*db.store, other, 1);
    return other;
  }();
  REQUIRE(db.store->add_dead_letter({e, after_noon(5), "no"}));
  REQUIRE(db.store->add_dead_letter({dropped, after_noon(5), "no"}));
  CHECK(take(*db.store, after_noon(1'000)).empty());
  const auto place = db.store->retry_dead_letter(e.id, after_noon(60'000));
  REQUIRE(place);
  CHECK(db.store->entries(room.id(), place->seq, place->seq)->front().attachments ==
        e.attachments);
  REQUIRE(*db.store->drop_dead_letter(dropped.id));
  CHECK(take(*db.store, after_noon(1'000)) == ids_of(dropped.attachments));
}
