// What several statements read belongs to one moment, and what throws in between leaves nothing.

#include <catch2/catch.hpp>

#include <stdexcept>

#include "storage/sql/sql_store.hpp"
#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;

namespace {

using storage::sql::value;

/// Hands every call on; before a text that holds `marker` goes to the database, something happens.
class interrupted final : public storage::sql::connection {
 public:
  interrupted(std::unique_ptr<connection> to, std::string marker, std::function<void()> what)
      : to_(std::move(to)), marker_(std::move(marker)), what_(std::move(what)) {}

  auto dialect() const -> storage::sql::dialect override { return to_->dialect(); }
  void ensure_open() override { to_->ensure_open(); }
  auto run(std::string_view text, std::span<const value> values) -> std::uint64_t override {
    interrupt(text);
    return to_->run(text, values);
  }
  void run_alone(std::string_view text, std::span<const value> values) override {
    to_->run_alone(text, values);
  }
  void query(std::string_view text, std::span<const value> values,
             const storage::sql::row_sink& sink) override {
    interrupt(text);
    to_->query(text, values, sink);
  }
  void execute(std::string_view text) override { to_->execute(text); }
  void begin() override { to_->begin(); }
  void begin_reading() override { to_->begin_reading(); }
  void end_reading() override { to_->end_reading(); }
  void commit() override { to_->commit(); }
  void abandon(const storage::sql::failure& why) noexcept override { to_->abandon(why); }
  auto durability_warning() const -> std::string override { return to_->durability_warning(); }

 private:
  void interrupt(std::string_view text) {
    if (what_ && text.find(marker_) != std::string_view::npos) std::exchange(what_, {})();
  }

  std::unique_ptr<connection> to_;
  std::string marker_;
  std::function<void()> what_;
};

/// A store that does `what` once, before it asks for `marker`.
auto interrupted_store(const config::storage_options& options, std::string marker,
                       std::function<void()> what) {
  auto db = std::make_unique<interrupted>(std::move(*storage::open_connection(options)),
                                          std::move(marker), std::move(what));
  if (std::getenv("PARLEY_TEST_ENCRYPTION") != nullptr)
    db->store_texts_in(vault_of(test_key_1, true));
  return storage::sql::sql_store{std::move(db)};
}

auto is_member(const chat::conversation_state& record, const chat::user_id& user) -> bool {
  return std::any_of(record.members.begin(), record.members.end(),
                     [&](const chat::member& m) { return m.user == user; });
}

}  // namespace

STORE_CASE("a load that a removal overtakes has its member or its seq, never both", "[snapshot]") {
  database<TestType> db;
  for (const std::string marker : {"FROM members", "ORDER BY seq DESC", "ordinal IS NOT NULL"}) {
    INFO(marker);
    script room{*db.store, chat::conversation_type::group, {alice, bob}};
    bool is_removed = false;
    auto store = interrupted_store(db.options, marker, [&] {
      is_removed = append(*db.store, {room.remove({bob})}).has_value();
    });
    const auto before = room.last_seq;
    const auto record = store.load(room.id(), 8);
    REQUIRE((record && *record));
    REQUIRE(is_removed);
    CHECK(is_member(**record, bob) == ((*record)->last_seq == before));
    const auto again = store.load(room.id(), 8);
    CHECK_FALSE(is_member(**again, bob));
    CHECK((*again)->last_seq == before + 1);
  }
}

STORE_CASE("what the archive takes meanwhile is neither lost nor counted twice", "[snapshot]") {
  database<TestType> db;
  script room{*db.store, chat::conversation_type::group, {alice, bob}};
  REQUIRE(db.store->append(room.messages(alice, 5)));
  const auto archive = [&] {
    storage::archive_mark mark;
    REQUIRE(*db.store->archive(after_noon(1'000'000), 100, mark) > 0);
  };
  SECTION("what waits for a user") {
    auto store = interrupted_store(db.options, "FROM messages WHERE conversation_id", archive);
    CHECK(store.undelivered(bob, 100)->size() == 5);
    CHECK(store.undelivered(bob, 100)->size() == 5);
  }
  SECTION("unread counts") {
    auto store = interrupted_store(db.options, "COUNT(*) FROM messages", archive);
    CHECK(store.chat_list(bob, {}, 10)->front().unread_count == 5);
    CHECK(store.chat_list(bob, {}, 10)->front().unread_count == 5);
  }
}

STORE_CASE("a fault in the middle of a transaction leaves nothing of it", "[snapshot]") {
  database<TestType> db;
  script room{*db.store, chat::conversation_type::group, {alice, bob}};
  const auto bug = [] { throw std::out_of_range{"a bug"}; };
  auto store = interrupted_store(db.options, "DELETE FROM members", bug);
  const auto batch = {room.message(alice, "one"), room.remove({bob})};
  const auto failed = append(store, batch);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == chat::errc::refused);
  CHECK(db.store->entries(room.id(), 2, 9)->empty());
  REQUIRE(append(store, batch));  // on a connection without the half of it
  CHECK(db.store->entries(room.id(), 2, 9)->size() == 2);
}

STORE_CASE("memory that runs out is an outage", "[snapshot]") {
  database<TestType> db;
  script room{*db.store, chat::conversation_type::group, {alice, bob}};
  auto store = interrupted_store(db.options, "FROM members", [] { throw std::bad_alloc{}; });
  CHECK(store.load(room.id(), 8).error().code == chat::errc::unavailable);
  CHECK(store.load(room.id(), 8));
}
