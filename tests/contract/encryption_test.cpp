#include <catch2/catch.hpp>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;
using storage::vault;
using strings = std::vector<std::string>;

namespace {

constexpr auto later = after_noon(60'000);
const auto both_keys = test_key_1 + " " + test_key_2;

auto history(storage::store& store, const script& room) -> strings {
  const auto found = store.messages(room.id(), storage::ordinal_range{1, 99});
  REQUIRE(found);
  return texts(*found);
}

/// Everything any table holds as text, in one string.
auto everything(const config::storage_options& options) -> std::string {
  std::string all;
  for (const auto* table : {"messages", "messages_archive", "dead_letters"})
    all += ask_sql(options, std::string{"SELECT content FROM "} + table, 1);
  for (const auto* table : {"messages", "messages_archive"})
    all += ask_sql(options, std::string{"SELECT previous_content FROM "} + table, 1);
  return all + ask_sql(options, "SELECT title FROM conversations", 1);
}

auto rekey(storage::store& store) -> storage::rekey_step {
  storage::rekey_step sum;
  // Small steps, so that conversations are left in the middle.
  for (storage::rekey_mark mark; mark.in != storage::rekey_mark::table::done;) {
    const auto step = store.rekey(2, mark);
    REQUIRE(step);
    sum.seen += step->seen;
    sum.changed += step->changed;
    sum.unreadable += step->unreadable;
  }
  return sum;
}

/// A conversation with every kind of row that holds text, "canary" in each.
struct full_room {
  explicit full_room(storage::store& store) : room(make(store)) {
    const auto first = room.message_with_key(alice, "canary one", "key-1");
    const auto second = room.message(bob, "canary two");
    REQUIRE(append(store, {first, second}));
    REQUIRE(append(store, {room.edit(first, "canary edited")}));
    REQUIRE(append(store, {room.change(chat::entry_kind::title, alice, "canary title")}));
    letter = room.message(alice, "canary letter");
    REQUIRE(store.add_dead_letter({letter, later, "refused"}));
    --room.last_seq;
    --room.last_ordinal;
  }

  static auto make(storage::store& store) -> script {
    script made{store, chat::conversation_type::group, {alice, bob}};
    return made;
  }

  script room;
  chat::entry letter;
};

/// 1 conversation with its title, 5 entries (created among them), 1 dead letter.
constexpr std::size_t rows_with_text = 6;

auto check_all(storage::store& store, const full_room& all) {
  CHECK(history(store, all.room) == strings{"canary edited", "canary two"});
  const auto caught_up = store.entries_after(all.room.id(), 1, 99);
  REQUIRE(caught_up);
  CHECK(texts(*caught_up) ==
        strings{"canary edited", "canary two", "canary edited", "canary title"});
  const auto sent = store.find_send(all.room.id(), alice, "key-1");
  REQUIRE(sent);
  REQUIRE(*sent);
  CHECK((*sent)->fingerprint == 0xba98'7654'3210ull);
  const auto list = store.chat_list(bob, std::nullopt, 10);
  REQUIRE(list);
  REQUIRE(list->size() == 1);
  CHECK(list->front().info.title == "canary title");
  CHECK(list->front().last_message->content == "canary two");
  const auto waiting = store.undelivered(bob, 10);
  REQUIRE(waiting);
  CHECK(texts(*waiting) == strings{"canary edited"});
  const auto letter = store.find_dead_letter(all.letter.id);
  REQUIRE(letter);
  REQUIRE(*letter);
  CHECK((*letter)->entry.content == "canary letter");
}

}  // namespace

STORE_CASE("sealed texts are nowhere in the database and everywhere in answers", "[encryption]") {
  database<TestType> db;
  auto store = opened(db.options, vault_of(test_key_1, true));
  const full_room all{*store};
  check_all(*store, all);
  const auto found = everything(db.options);
  CHECK(found.find("canary") == std::string::npos);
  CHECK(found.find('\x02') != std::string::npos);
  CHECK(ask_sql(db.options, "SELECT fingerprint FROM messages WHERE seq = 2", 1) !=
        std::to_string(0xba98'7654'3210ull) + "\n");
}

STORE_CASE("encryption is turned on and off over what is there", "[encryption]") {
  database<TestType> db;
  auto plain = opened(db.options, vault_of(test_key_1, false));
  full_room all{*plain};
  auto sealing = opened(db.options, vault_of(test_key_1, true));
  check_all(*sealing, all);
  REQUIRE(append(*sealing, {all.room.message(alice, "sealed now")}));
  REQUIRE(append(*plain, {all.room.message(alice, "plain again")}));
  const strings expected{"canary edited", "canary two", "sealed now", "plain again"};
  CHECK(history(*plain, all.room) == expected);
  CHECK(history(*sealing, all.room) == expected);
}

STORE_CASE("the text before an edit is sealed with the edit", "[encryption]") {
  database<TestType> db;
  auto plain = opened(db.options, vault_of(test_key_1, false));
  script room{*plain, alice, bob};
  const auto sent = room.message(alice, "canary");
  REQUIRE(append(*plain, {sent}));
  auto sealing = opened(db.options, vault_of(test_key_1, true));
  REQUIRE(append(*sealing, {room.edit(sent, "canary too")}));
  CHECK(everything(db.options).find("canary") == std::string::npos);
}

STORE_CASE("rekey seals, changes keys and unseals", "[encryption]") {
  database<TestType> db;
  auto plain = opened(db.options, vault_of(both_keys, false));
  const full_room all{*plain};
  CHECK(rekey(*plain).changed == 0);
  auto first = opened(db.options, vault_of(test_key_1, true));
  CHECK(rekey(*first).changed == rows_with_text);
  CHECK(everything(db.options).find("canary") == std::string::npos);
  check_all(*first, all);
  CHECK(rekey(*first).changed == 0);
  auto second = opened(db.options, vault_of(both_keys, true));
  check_all(*second, all);
  CHECK(rekey(*second).changed == rows_with_text);
  // Now the old key is not needed any more.
  auto last = opened(db.options, vault_of(test_key_2, true));
  check_all(*last, all);
  const auto done = rekey(*plain);
  CHECK(done.changed == rows_with_text);
  CHECK(done.unreadable == 0);
  CHECK(everything(db.options).find('\x02') == std::string::npos);
  check_all(*opened(db.options, vault_of(test_key_1, false)), all);
}

STORE_CASE("rekey reaches the archive and many conversations", "[encryption]") {
  database<TestType> db;
  auto plain = opened(db.options, vault_of(test_key_1, false));
  std::vector<script> rooms;
  for (int i = 0; i < 5; ++i) {
    auto& room = rooms.emplace_back(*plain, chat::conversation_type::group,
                                    std::initializer_list<chat::user_id>{alice, bob});
    REQUIRE(plain->append(room.messages(alice, 5)));
  }
  storage::archive_mark mark;
  for (;;) {
    const auto moved = plain->archive(later, 100, mark);
    REQUIRE(moved);
    if (*moved == 0) break;
  }
  auto sealing = opened(db.options, vault_of(test_key_1, true));
  CHECK(rekey(*sealing).changed == 25);
  CHECK(everything(db.options).find("text") == std::string::npos);
  for (const auto& room : rooms)
    CHECK(history(*sealing, room) == strings{"text 1", "text 2", "text 3", "text 4", "text 5"});
}

STORE_CASE("a text that cannot be read takes nothing down with it", "[encryption]") {
  database<TestType> db;
  auto first = opened(db.options, vault_of(test_key_1, true));
  const full_room all{*first};
  strings said;
  auto made = storage::make_vault({true, {}, test_key_2, 0},
                                  [&](const std::string& what) { said.push_back(what); });
  REQUIRE(made);
  auto lost = opened(db.options, *made);
  const std::string no_text{vault::unreadable_text};
  CHECK(history(*lost, all.room) == strings{no_text, no_text});
  CHECK(said.size() == 2);
  CHECK(lost->chat_list(bob, std::nullopt, 10));
  CHECK(lost->load(all.room.id(), 10));
  // What stands in for a text is not posted.
  const auto retried = lost->retry_dead_letter(all.letter.id, later);
  REQUIRE_FALSE(retried);
  CHECK(retried.error().code == errc::refused);
  CHECK(retried.error().detail.find("key 1, which is not among") != std::string::npos);
  const auto left = rekey(*lost);
  CHECK(left.changed == 0);
  CHECK(left.unreadable > 0);
  check_all(*first, all);
}

STORE_CASE("texts that were swapped in the database are not shown", "[encryption]") {
  database<TestType> db;
  auto store = opened(db.options, vault_of(test_key_1, true));
  script room{*store, alice, bob};
  REQUIRE(append(*store, {room.message(alice, "pay 1"), room.message(alice, "pay 1000")}));
  const auto text = ask_sql(db.options, "SELECT content FROM messages WHERE seq = 3", 1);
  run_sql(db.options, "UPDATE messages SET content = '" + text.substr(0, text.size() - 1) +
                          "' WHERE seq = 2");
  CHECK(history(*store, room) == strings{std::string{vault::unreadable_text}, "pay 1000"});
}

STORE_CASE("a sealed dead letter is posted as the last message", "[encryption]") {
  database<TestType> db;
  auto store = opened(db.options, vault_of(test_key_1, true));
  const full_room all{*store};
  REQUIRE(store->retry_dead_letter(all.letter.id, later));
  CHECK(history(*store, all.room) == strings{"canary edited", "canary two", "canary letter"});
  CHECK(everything(db.options).find("canary") == std::string::npos);
}

STORE_CASE("keys that open nothing of the newest texts are noticed", "[encryption]") {
  database<TestType> db;
  CHECK(opened(db.options, vault_of(test_key_1, true))->check_texts());
  auto first = opened(db.options, vault_of(test_key_1, true));
  script room{*first, alice, bob};
  REQUIRE(first->append(room.messages(alice, 3)));
  CHECK(first->check_texts());
  const auto wrong = opened(db.options, vault_of(test_key_2, true))->check_texts();
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == errc::conflict);
  CHECK(wrong.error().detail.find("key 1") != std::string::npos);
  CHECK_FALSE(opened(db.options, vault_of("", false))->check_texts());
  // One bad row among good ones does not keep a server from starting.
  REQUIRE(append(*opened(db.options, vault_of(both_keys, true)), room.messages(alice, 1)));
  CHECK(first->check_texts());
}

STORE_CASE("the longest text fits when it is sealed", "[encryption]") {
  database<TestType> db;
  auto store = opened(db.options, vault_of(test_key_1, true));
  script room{*store, alice, bob};
  std::string longest;
  for (int i = 0; i < 5'000; ++i) longest += "\xe2\x82\xac";  // 5,000 units, 15,000 bytes
  REQUIRE(append(*store, {room.message(alice, longest)}));
  CHECK(history(*store, room) == strings{longest});
}
