#include "storage/census.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <vector>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;
using chat::conversation_type;

namespace {

auto census_of(const config::storage_options& options) -> std::unique_ptr<storage::census> {
  auto opened = storage::open_census(options, {});
  REQUIRE(opened);
  return std::move(*opened);
}

void add_account(storage::store& store, const std::string& name) {
  REQUIRE(
      store.add_account({name, {"id-of-" + name}, "$hash", {{"id-of-" + name}, name, "", "", ""}}));
}

}  // namespace

STORE_CASE("an empty database is empty until it has its tables", "[census]") {
  empty_database<TestType> db;
  CHECK(*census_of(db.options)->is_empty());
  REQUIRE(storage::migrate_up(db.options));
  CHECK_FALSE(*census_of(db.options)->is_empty());
}

STORE_CASE("the files of what is dropped may be in a message again, or be removed",
           "[census][import]") {
  database<TestType> db;
  const auto census = census_of(db.options);
  script room{*db.store, conversation_type::group, {alice, bob}};
  const chat::conversation_id nowhere{new_id()};
  auto kept = room.message(alice, "");
  kept.attachments = announced(*db.store, kept, 1);
  REQUIRE(append(*db.store, {kept}));
  auto dropped = room.message(alice, "");
  dropped.conversation = nowhere;
  dropped.attachments = announced(*db.store, dropped, 2);
  REQUIRE(append(*db.store, {dropped}));
  REQUIRE(*census->drop_headless(nowhere, 10) == 1);
  dropped.attachments.pop_back();
  REQUIRE(append(*db.store, {dropped}));
  CHECK(*census->drop_headless(room.id(), 10) == 0);
  const auto unused = db.store->take_unused_attachments(after_noon(1'000'000), 10);
  REQUIRE(unused);
  CHECK(unused->size() == 1);  // of the three
}

STORE_CASE("entries of what is no conversation are found and dropped, those of one stay",
           "[census][import]") {
  database<TestType> db;
  const auto census = census_of(db.options);
  script room{*db.store, conversation_type::group, {alice, bob}};
  const auto there = room.id();
  const chat::conversation_id nowhere{new_id()};
  CHECK_FALSE(*census->last_entry(nowhere));
  auto entries = room.messages(alice, 5);
  REQUIRE(db.store->append(entries));
  for (auto& each : entries) {
    each.conversation = nowhere;
    each.id = {new_id()};
  }
  REQUIRE(db.store->append(entries));
  CHECK((*census->last_entry(nowhere))->seq == 6);
  CHECK((*census->last_entry(nowhere))->id == entries.back().id);
  CHECK((*census->last_entry(there))->seq == 6);
  CHECK(*census->drop_headless(there, 10) == 0);
  CHECK(*census->drop_headless(nowhere, 3) == 3);
  CHECK(*census->drop_headless(nowhere, 3) == 2);
  CHECK(*census->drop_headless(nowhere, 3) == 0);
  CHECK_FALSE(*census->last_entry(nowhere));
  CHECK((*census->last_entry(there))->seq == 6);
}

STORE_CASE("accounts are counted, listed by name and found by name and id", "[census]") {
  database<TestType> db;
  const auto census = census_of(db.options);
  for (const auto* name : {"cleo", "anna", "bert"}) add_account(*db.store, name);
  CHECK(census->counts()->accounts == 3);
  const auto page = census->accounts("anna", 1);
  REQUIRE(page);
  REQUIRE(page->size() == 1);
  CHECK(page->front().user_name == "bert");
  CHECK((*census->find_account("anna"))->user.value == "id-of-anna");
  CHECK((*census->find_account("id-of-anna"))->user_name == "anna");
  CHECK_FALSE(*census->find_account("Anna"));
  CHECK_FALSE(*census->find_account("dora"));
  CHECK(*census->knows({"id-of-anna"}));
  CHECK_FALSE(*census->knows({"id-of-dora"}));
}

STORE_CASE("a hash is changed, and marked while the account is disabled", "[census]") {
  database<TestType> db;
  const auto census = census_of(db.options);
  add_account(*db.store, "anna");
  const auto hash = [&] { return (*db.store->find_account("anna"))->password_hash; };
  CHECK(*census->set_disabled("anna", true));
  CHECK(hash() == "!$hash");
  CHECK((*census->find_account("anna"))->is_disabled);
  CHECK(*census->set_password("anna", "$other"));
  CHECK(hash() == "!$other");
  CHECK(*census->set_disabled("anna", false));
  CHECK(hash() == "$other");
  CHECK_FALSE(*census->set_password("dora", "$x"));
  CHECK_FALSE(*census->set_disabled("dora", true));
}

STORE_CASE("whoever gets another password, is disabled or forgotten is signed out everywhere",
           "[census]") {
  database<TestType> db;
  const auto census = census_of(db.options);
  add_account(*db.store, "anna");
  add_account(*db.store, "bert");
  const chat::user_id anna{"id-of-anna"};
  const chat::user_id bert{"id-of-bert"};
  const auto sign_in = [&](const chat::user_id& user) {
    const chat::timestamp now{1'000};
    REQUIRE(db.store->add_device({chat::system_ids().next(now), user, now, now, "a browser"}, 50));
  };
  const auto devices = [&](const chat::user_id& user) { return db.store->devices_of(user, {0})->size(); };
  sign_in(bert);
  const std::vector<std::function<void()>> ways{
      [&] { CHECK(*census->set_password("anna", "$other")); },
      [&] { CHECK(*census->set_disabled("anna", true)); },
      [&] { CHECK(census->forget_person(anna)); }};
  for (const auto& change : ways) {
    sign_in(anna);
    CHECK(devices(anna) == 1);
    change();
    CHECK(devices(anna) == 0);
  }
  CHECK(devices(bert) == 1);
}

STORE_CASE("conversations are listed newest first, page by page, all or of one user", "[census]") {
  database<TestType> db;
  const auto census = census_of(db.options);
  script first{*db.store, conversation_type::group, {alice, bob}};
  script second{*db.store, conversation_type::group, {alice, carol}};
  REQUIRE(append(*db.store, {first.message(bob, "one"), first.message(bob, "two")}));
  const auto of_bob = census->conversations(bob, {}, 10);
  REQUIRE(of_bob);
  REQUIRE(of_bob->size() == 1);
  CHECK(of_bob->front().info.id == first.id());
  CHECK(of_bob->front().members == 2);
  CHECK(of_bob->front().entries == 3);
  const auto newest = std::max(first.id(), second.id());
  const auto page = census->conversations(alice, {}, 1);
  REQUIRE(page->size() == 1);
  CHECK(page->front().info.id == newest);
  const auto next = census->conversations(alice, newest, 10);
  REQUIRE(next->size() == 1);
  CHECK(next->front().info.id == std::min(first.id(), second.id()));
  CHECK(census->conversations({}, {}, 100)->size() >= 2);
}

STORE_CASE(
    "what somebody sent is found in the archive as well, and its text is erased when deleted",
    "[census]") {
  database<TestType> db;
  const auto census = census_of(db.options);
  script room{*db.store, conversation_type::group, {alice, bob}};
  const auto old = room.message(alice, "archived");
  REQUIRE(append(*db.store, {old, room.message(bob, "of bob")}));
  for (storage::archive_mark mark; *db.store->archive(after_noon(3'600'000), 500, mark) > 0;) {
  }
  const auto fresh = room.message(alice, "fresh");
  REQUIRE(append(*db.store, {fresh}));
  CHECK(*census->wrote_in(alice) == std::vector{room.id()});
  const auto sent = census->sent(alice, room.id(), 10);
  REQUIRE(sent);
  REQUIRE(sent->size() == 2);
  CHECK((*sent)[0].id == old.id);
  CHECK((*sent)[1].seq == fresh.seq);
  REQUIRE(append(*db.store, {room.erase(old), room.erase(fresh)}));
  CHECK(census->sent(alice, room.id(), 10)->empty());
  REQUIRE(census->erase_deleted(alice, room.id()));
  for (const std::string table : {"messages", "messages_archive"})
    CHECK(ask_sql(db.options,
                  "SELECT COUNT(*) FROM " + table +
                      " WHERE sender_id = 'alice' AND kind = 0 AND content <> ''",
                  1) == "0\n");
  CHECK(census->wrote_in(alice)->empty());
  CHECK(*census->wrote_in(bob) == std::vector{room.id()});
}

STORE_CASE("files that messages name are listed until they are erased; then the job takes them",
           "[census]") {
  database<TestType> db;
  const auto census = census_of(db.options);
  script room{*db.store, conversation_type::group, {alice, bob}};
  auto message = room.message(alice, "with files");
  message.attachments = announced(*db.store, message, 3);
  REQUIRE(append(*db.store, {message}));
  const auto some = census->files_in_messages({}, 2);
  REQUIRE(some);
  REQUIRE(some->size() == 2);
  CHECK(census->files_in_messages(some->back(), 2)->size() == 1);
  REQUIRE(append(*db.store, {room.erase(message)}));
  REQUIRE(census->erase_deleted(alice, room.id()));
  CHECK(census->files_in_messages({}, 10)->empty());
  CHECK(db.store->take_unused_attachments(noon, 10)->size() == 3);
}

STORE_CASE("a person is forgotten, but for the id", "[census]") {
  database<TestType> db;
  const auto census = census_of(db.options);
  add_account(*db.store, "anna");
  const chat::user_id anna{"id-of-anna"};
  REQUIRE(db.store->add_block({anna, bob, {}}, noon, 10));
  REQUIRE(census->forget_person(anna));
  CHECK_FALSE(*census->find_account("anna"));
  CHECK(*census->knows(anna));
  CHECK((*db.store->profiles(std::vector{anna}))[0].first_name.empty());
  CHECK(db.store->blocks_of(anna)->empty());
  CHECK(db.store->search_users({bob, "ann", false, 200, 20})->empty());
}
