#include <catch2/catch.hpp>

#include <algorithm>
#include <span>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;
using storage::ordinal_range;
using storage::seq_window;
using strings = std::vector<std::string>;

namespace {

/// m1 (seq 2), edit of m1 (3), m2 (4), a member added (5), m3 (6), m3 deleted (7), m4 (8).
struct mixed_history {
  explicit mixed_history(storage::store& store)
      : room{store, chat::conversation_type::group, {alice, bob}} {
    const auto first = room.message_with_key(alice, "one", "key-1");
    const auto edit = room.edit(first, "one!");
    const auto second = room.message(bob, "two");
    const auto added = room.add({carol});
    const auto third = room.message(alice, "three");
    const auto erased = room.erase(third);
    all = {first, edit, second, added, third, erased, room.message(bob, "four")};
    REQUIRE(store.append(all));
  }
  script room;
  std::vector<chat::entry> all;
};

}  // namespace

STORE_CASE("messages by ordinal leave out every other entry", "[history]") {
  database<TestType> db;
  const mixed_history h{*db.store};
  const auto all = db.store->messages(h.room.id(), ordinal_range{1, 4});
  REQUIRE(all);
  CHECK(texts(*all) == strings{"one!", "two", "", "four"});
  CHECK(seqs(*all) == std::vector<std::uint64_t>{2, 4, 6, 8});
  CHECK(texts(*db.store->messages(h.room.id(), ordinal_range{2, 2})) == strings{"two"});
  CHECK(texts(*db.store->messages(h.room.id(), ordinal_range{4, 99})) == strings{"four"});
  CHECK(db.store->messages(h.room.id(), ordinal_range{5, 9})->empty());
  CHECK(db.store->messages(h.room.id(), ordinal_range{3, 2})->empty());
  CHECK(db.store->messages({new_id()}, ordinal_range{1, 9})->empty());
}

STORE_CASE("messages by seq exclude both ends and ascend", "[history]") {
  database<TestType> db;
  const mixed_history h{*db.store};
  const auto page = [&](seq_window w) { return seqs(*db.store->messages(h.room.id(), w)); };
  using list = std::vector<std::uint64_t>;
  CHECK(page({}) == list{2, 4, 6, 8});
  CHECK(page({2, 8, 50, false}) == list{4, 6});
  CHECK(page({2, 0, 2, false}) == list{4, 6});
  CHECK(page({0, 8, 2, true}) == list{4, 6});
  CHECK(page({0, 0, 3, true}) == list{4, 6, 8});
  CHECK(page({0, 0, 1, false}) == list{2});
  CHECK(page({8, 0, 50, false}).empty());
  CHECK(page({~0ull - 1, 0, 50, false}).empty());
}

STORE_CASE("entries_after shows every entry as it is now", "[history]") {
  database<TestType> db;
  const mixed_history h{*db.store};
  const auto found = db.store->entries_after(h.room.id(), 1, 100);
  REQUIRE(found);
  CHECK(seqs(*found) == range(2, 8));
  CHECK(texts(*found) == strings{"one!", "one!", "two", "", "", "", "four"});
  CHECK((*found)[0].edited_at == h.all[1].created_at);
  CHECK((*found)[1].kind == chat::entry_kind::edited);
  CHECK((*found)[1].target == h.all[0].id);
  CHECK((*found)[1].target_seq == 2);
  CHECK((*found)[3].subjects == std::vector{carol});
  CHECK((*found)[4].deleted_at == h.all[5].created_at);
  CHECK(seqs(*db.store->entries_after(h.room.id(), 3, 2)) == range(4, 5));
  CHECK(db.store->entries_after(h.room.id(), 8, 100)->empty());
  CHECK(db.store->entries_after(h.room.id(), ~0ull, 100)->empty());
}

STORE_CASE("an edit whose message was deleted later shows nothing", "[history]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const auto target = room.message(alice, "secret");
  REQUIRE(append(*db.store, {target, room.edit(target, "secret 2"), room.erase(target)}));
  CHECK(texts(*db.store->entries_after(room.id(), 1, 9)) == strings{"", "", ""});
}

STORE_CASE("each of several edits shows the last text, and every old text is on record",
           "[history][plain_text]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const auto target = room.message(alice, "v1");
  REQUIRE(append(*db.store, {target}));
  REQUIRE(append(*db.store, {room.edit(target, "v2")}));
  REQUIRE(append(*db.store, {room.edit(target, "v3")}));
  CHECK(texts(*db.store->entries_after(room.id(), 1, 9)) == strings{"v3", "v3", "v3"});
  CHECK(ask_sql(db.options,
                "SELECT previous_content, content FROM messages WHERE kind = 1 ORDER BY seq",
                2) == "v1|v2\nv2|v3\n");
}

STORE_CASE("find_send finds one sender's message by its key", "[history]") {
  database<TestType> db;
  const mixed_history h{*db.store};
  const auto found = db.store->find_send(h.room.id(), alice, "key-1");
  REQUIRE(found);
  REQUIRE(*found);
  CHECK((*found)->id == h.all[0].id);
  CHECK((*found)->seq == 2);
  CHECK((*found)->content == "one!");
  CHECK((*found)->fingerprint == h.all[0].fingerprint);
  CHECK_FALSE(*db.store->find_send(h.room.id(), bob, "key-1"));
  CHECK_FALSE(*db.store->find_send(h.room.id(), alice, "key-1 "));
  CHECK_FALSE(*db.store->find_send(h.room.id(), alice, "KEY-1"));
  CHECK_FALSE(*db.store->find_send({new_id()}, alice, "key-1"));
}

STORE_CASE("locate knows messages and nothing else", "[history]") {
  database<TestType> db;
  const mixed_history h{*db.store};
  const auto place = db.store->locate(h.all[2].id);
  REQUIRE(place);
  REQUIRE(*place);
  CHECK((*place)->conversation == h.room.id());
  CHECK((*place)->seq == 4);
  CHECK_FALSE(*db.store->locate(h.all[1].id));
  CHECK_FALSE(*db.store->locate({new_id()}));
}

STORE_CASE("messages are read by their ids, those of the conversation", "[history]") {
  database<TestType> db;
  const mixed_history h{*db.store};
  script other{*db.store, chat::conversation_type::group, {alice, bob}};
  const auto elsewhere = other.message(alice, "elsewhere");
  REQUIRE(append(*db.store, {elsewhere}));
  const auto place = *db.store->locate(h.all[2].id);
  const std::vector<chat::message_id> wanted{h.all[2].id, elsewhere.id, {new_id()}, h.all[0].id, h.all[1].id};
  auto found = *db.store->messages(h.room.id(), wanted);
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.seq < b.seq; });
  REQUIRE(found.size() == 2);
  CHECK(found[0].id == h.all[0].id);
  CHECK(found[0].content == "one!");
  CHECK(found[1].seq == place->seq);
  CHECK(db.store->messages(h.room.id(), std::span<const chat::message_id>{})->empty());
  storage::archive_mark mark;
  REQUIRE(*db.store->archive(after_noon(1'000'000), 100, mark) > 0);
  CHECK(db.store->messages(h.room.id(), wanted)->size() == 2);
}

STORE_CASE("changes of members, roles and title are read from either end of a window", "[history]") {
  database<TestType> db;
  script room{*db.store, chat::conversation_type::group, {alice, bob}};
  std::vector<std::uint64_t> expected{1};
  for (const auto& user : {carol, dave}) {
    const auto message = room.message(alice, "words");
    const auto change = room.add({user});
    expected.push_back(change.seq);
    REQUIRE(append(*db.store, {message, change}));
  }
  const auto change = room.change(chat::entry_kind::title, alice, "renamed");
  expected.push_back(change.seq);
  const auto after = room.messages(bob, 2);
  REQUIRE(append(*db.store, {change, after[0], after[1]}));
  const auto all = [&](const seq_window& window) { return seqs(*db.store->changes(room.id(), window)); };
  std::sort(expected.begin(), expected.end());
  CHECK(all({0, 0, 50, false}) == expected);
  CHECK(all({1, 0, 50, true}).size() == 3);
  CHECK(all({0, 0, 2, false}) == std::vector{expected[0], expected[1]});
  CHECK(all({0, 0, 2, true}) == std::vector{expected[2], expected[3]});
  CHECK(all({expected[3], 0, 50, true}).empty());
  CHECK(all({5, 6, 50, true}).empty());
  CHECK(db.store->changes(room.id(), {0, 0, 50, false})->back().content == "renamed");
  storage::archive_mark mark;
  REQUIRE(*db.store->archive(after_noon(1'000'000), 100, mark) > 0);
  CHECK(all({0, 0, 50, false}) == expected);
  CHECK(all({0, 0, 2, true}) == std::vector{expected[2], expected[3]});
}
