#include <catch2/catch.hpp>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;
using chat::conversation_type;
using chat::entry_kind;

namespace {

/// Nothing in the scripts is younger.
constexpr auto later = after_noon(1'000'000);

auto archive(storage::store& store, std::size_t max_rows = 7, chat::timestamp before = later)
    -> std::size_t {
  std::size_t rows = 0;
  for (storage::archive_mark mark;;) {
    const auto moved = store.archive(before, max_rows, mark);
    REQUIRE(moved);
    if (*moved == 0) return rows;
    CHECK(*moved <= max_rows);
    rows += *moved;
  }
}

/// A group with every kind of entry; the last message is followed by a deletion of an old one.
auto long_story(script& room) -> std::vector<chat::entry> {
  std::vector<chat::entry> all;
  for (int i = 0; i < 12; ++i) {
    const auto& who = i % 3 == 0 ? bob : alice;
    all.push_back(room.message_with_key(who, "text " + std::to_string(i), "k" + std::to_string(i)));
    if (i % 4 == 1) all.push_back(room.edit(all.back(), "edited " + std::to_string(i)));
  }
  const auto third = all[3];
  all.push_back(room.add({carol}));
  all.push_back(room.message(alice, "last"));
  all.push_back(room.erase(third));
  all.push_back(room.edit(all[0], "edited late"));
  return all;
}

/// Everything that can be asked about a conversation, to be compared before and after.
struct answers {
  explicit answers(storage::store& store, const script& room) {
    const auto last = room.last_seq + 1;
    for (std::uint64_t a = 0; a <= last; ++a) {
      pages.push_back(*store.entries_after(room.id(), a, 4));
      pages.push_back(*store.entries_after(room.id(), a, 100));
      for (std::uint64_t b = 1; b <= last; b += 3) {
        pages.push_back(*store.entries(room.id(), a, b));
        pages.push_back(*store.messages(room.id(), storage::ordinal_range{a, b}));
        for (const bool newest : {false, true})
          for (const std::size_t limit : {1, 3, 50})
            for (const auto end : {b, std::uint64_t{0}})
              pages.push_back(
                  *store.messages(room.id(), storage::seq_window{a, end, limit, newest}));
      }
    }
    for (const auto& user : {alice, bob, carol}) {
      pages.push_back(*store.undelivered(user, 3));
      pages.push_back(*store.undelivered(user, 500));
      const auto list = store.chat_list(user, {}, 0);
      REQUIRE(list);
      for (const auto& row : *list) {
        unread.push_back(row.unread_count);
        pages.push_back({*row.last_message});
      }
    }
    const auto record = **store.load(room.id(), 64);
    numbers = {record.last_seq, record.last_ordinal};
    sends = record.recent_sends;
  }
  auto operator==(const answers&) const -> bool = default;

  std::vector<std::vector<chat::entry>> pages;
  std::vector<std::uint64_t> unread;
  std::pair<std::uint64_t, std::uint64_t> numbers;
  std::vector<std::uint64_t> sends;
};

auto rows_in(const config::storage_options& options, const std::string& table) -> std::string {
  return ask_sql(options, "SELECT COUNT(*) FROM " + table, 1);
}

}  // namespace

STORE_CASE("an archived conversation answers as before", "[archive]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob}};
  REQUIRE(db.store->append(long_story(room)));
  const chat::cursor_row read{room.id(), bob, {4, noon, 5, noon}};
  REQUIRE(db.store->save_cursors({&read, 1}));
  const answers before{*db.store, room};
  const auto moved = archive(*db.store);
  CHECK(rows_in(db.options, "messages_archive") == std::to_string(moved) + "\n");
  CHECK(rows_in(db.options, "messages") == "3\n");
  const answers after{*db.store, room};
  CHECK(after.pages.size() == before.pages.size());
  for (std::size_t i = 0; i < after.pages.size(); ++i) REQUIRE(after.pages[i] == before.pages[i]);
  CHECK(after == before);
}

STORE_CASE("archived messages are found by id and by client_message_id", "[archive]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const auto first = room.message_with_key(alice, "one", "key");
  REQUIRE(append(*db.store, {first, room.message(bob, "two")}));
  CHECK(archive(*db.store) == 2);
  const auto place = *db.store->locate(first.id);
  REQUIRE(place);
  CHECK(place->seq == first.seq);
  CHECK(*db.store->find_send(room.id(), alice, "key") == first);
  CHECK_FALSE(*db.store->find_send(room.id(), bob, "key"));
}

STORE_CASE("a new message goes on where the archived ones ended", "[archive]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  REQUIRE(db.store->append(room.messages(alice, 9)));
  CHECK(archive(*db.store) == 9);
  auto stale = room;
  REQUIRE(append(*db.store, {room.message(bob, "back again")}));
  CHECK(append(*db.store, {stale.message(bob, "late")}).error().code == chat::errc::duplicate);
  CHECK(seqs(*db.store->entries(room.id(), 1, 99)) == range(1, 11));
  const auto all = *db.store->messages(room.id(), storage::ordinal_range{1, 99});
  REQUIRE(all.size() == 10);
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i].ordinal == i + 1);
  CHECK((*db.store->load(room.id(), 8))->last_ordinal == 10);
  CHECK(archive(*db.store) == 1);
  CHECK(seqs(*db.store->entries(room.id(), 1, 99)) == range(1, 11));
}

STORE_CASE("archived messages can be edited and deleted", "[archive][plain_text]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const auto one = room.message(alice, "one");
  const auto two = room.message(alice, "two");
  REQUIRE(append(*db.store, {one, two, room.message(bob, "three")}));
  archive(*db.store);
  const auto edit = room.edit(one, "one!");
  REQUIRE(append(*db.store, {edit, room.erase(two)}));
  const auto all = *db.store->messages(room.id(), storage::ordinal_range{1, 9});
  CHECK(texts(all) == std::vector<std::string>{"one!", "", "three"});
  CHECK(texts(*db.store->entries_after(room.id(), edit.seq - 1, 9)) ==
        std::vector<std::string>{"one!", ""});
  CHECK(ask_sql(db.options, "SELECT previous_content FROM messages WHERE kind = 1", 1) == "one\n");
}

STORE_CASE("conversations with activity and the lobby are left alone", "[archive]") {
  database<TestType> db;
  auto lobby = plan(conversation_type::lobby, {alice, bob});
  lobby.info.id = chat::lobby_id();
  lobby.created.conversation = chat::lobby_id();
  REQUIRE(db.store->create(lobby));
  script busy{*db.store, alice, bob};
  script idle{*db.store, alice, carol};
  script silent{*db.store, conversation_type::group, {alice}};
  auto shout = idle.messages(alice, 2);
  for (auto& e : shout) e.conversation = chat::lobby_id();
  for (auto& e : shout) e.id = {new_id()};
  idle.last_seq = 1, idle.last_ordinal = 0;
  auto young = busy.messages(alice, 3);
  young.back().created_at = later;
  REQUIRE(db.store->append(shout));
  REQUIRE(db.store->append(young));
  REQUIRE(db.store->append(idle.messages(alice, 3)));
  CHECK(archive(*db.store) == 3);
  CHECK(archive(*db.store) == 0);
  CHECK(ask_sql(db.options, "SELECT COUNT(DISTINCT conversation_id) FROM messages_archive", 1) ==
        "1\n");
}

STORE_CASE("a run that stopped is taken up by another", "[archive]") {
  database<TestType> db;
  script one{*db.store, alice, bob};
  script other{*db.store, alice, carol};
  REQUIRE(db.store->append(one.messages(alice, 30)));
  REQUIRE(db.store->append(other.messages(alice, 30)));
  storage::archive_mark mark;
  for (int i = 0; i < 4; ++i) REQUIRE(*db.store->archive(later, 10, mark) > 0);
  CHECK(archive(*db.another(), 10) + 40 == 60);
  CHECK(seqs(*db.store->entries(one.id(), 1, 99)) == range(1, 31));
  CHECK(seqs(*db.store->entries(other.id(), 1, 99)) == range(1, 31));
}
