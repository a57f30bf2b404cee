// How SQLite looks for what the store asks: along an index, never through a whole table. (MariaDB's
// rows are counted in cost_test.cpp.)

#include <catch2/catch.hpp>

#include <set>
#include <sstream>

#include "storage/sql/sql_store.hpp"
#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;

namespace {

/// Hands every call on and writes the texts of queries down.
class recording final : public storage::sql::connection {
 public:
  recording(std::unique_ptr<connection> to, std::set<std::string>& texts)
      : to_(std::move(to)), texts_(texts) {}

  auto dialect() const -> storage::sql::dialect override { return to_->dialect(); }
  void ensure_open() override { to_->ensure_open(); }
  auto run(std::string_view text, std::span<const storage::sql::value> values)
      -> std::uint64_t override {
    return to_->run(text, values);
  }
  void run_alone(std::string_view text, std::span<const storage::sql::value> values) override {
    to_->run_alone(text, values);
  }
  void query(std::string_view text, std::span<const storage::sql::value> values,
             const storage::sql::row_sink& sink) override {
    texts_.emplace(text);
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
  std::unique_ptr<connection> to_;
  std::set<std::string>& texts_;
};

/// Lines of the plan that read a stored table or index from end to end. The rows that a part of the
/// query itself has made ("SCAN k" after "CO-ROUTINE k") may be walked through.
auto scans_of(const config::storage_options& options, const std::string& text)
    -> std::vector<std::string> {
  const auto db = std::move(*storage::open_connection(options));
  db->ensure_open();
  std::set<std::string> made{"CONSTANT"};
  std::vector<std::string> found;
  db->query("EXPLAIN QUERY PLAN " + text, {}, [&](const storage::sql::row& r) {
    std::istringstream line{std::string{r.text(3)}};
    std::string what, name;
    line >> what >> name;
    if (what == "CO-ROUTINE" || what == "MATERIALIZE") made.insert(name);
    const bool is_made = made.contains(name) || name.starts_with("(subquery");
    if (what == "SCAN" && !is_made) found.emplace_back(r.text(3));
  });
  return found;
}

}  // namespace

TEST_CASE("no read of history or of the chat list goes through a whole table",
          "[store][cost][plan]") {
  database<sqlite_driver> db;
  script room{*db.store, chat::conversation_type::group, {alice, bob}};
  script pair{*db.store, alice, bob};
  const auto named = room.message_with_key(alice, "named", "key");
  REQUIRE(append(*db.store, {named, room.message(alice, "two"), room.edit(named, "edited")}));
  REQUIRE(append(*db.store, {pair.message(bob, "hello"), pair.message(bob, "again")}));
  storage::archive_mark mark;
  REQUIRE(*db.store->archive(after_noon(1'000'000), 100, mark) > 0);

  std::set<std::string> texts;
  storage::sql::sql_store store{
      std::make_unique<recording>(std::move(*storage::open_connection(db.options)), texts)};
  const auto id = room.id();
  REQUIRE(store.messages(id, storage::ordinal_range{1, 50}));
  REQUIRE(store.messages(id, storage::seq_window{0, 9, 50, true}));
  REQUIRE(store.messages(id, storage::seq_window{0, 9, 50, false}));
  REQUIRE(store.entries_after(id, 0, 50));
  REQUIRE(store.entries(id, 1, 50));
  REQUIRE(store.find_send(id, alice, "other"));
  REQUIRE(store.locate(named.id));
  REQUIRE(store.locate({new_id()}));
  REQUIRE(store.load(id, 64));
  REQUIRE(store.find_pair(alice, bob));
  REQUIRE(store.find_case("case"));
  REQUIRE(store.find_name("name"));
  REQUIRE(store.chat_list(alice, {}, 50));
  REQUIRE(store.chat_list(bob, {}, 0));
  REQUIRE(store.undelivered(bob, 500));
  REQUIRE(store.undelivered_in({&bob, 1}));
  REQUIRE(store.contacts(alice, 200));
  REQUIRE(store.profiles({&bob, 1}));
  REQUIRE(store.messages(id, std::span<const chat::message_id>{&named.id, 1}));
  REQUIRE(store.people_known_to(alice, {&bob, 1}, false));
  REQUIRE(store.members_page({id, {}, 10}));
  REQUIRE(store.find_account("bob"));
  REQUIRE(store.find_account_of(bob));
  REQUIRE(store.add_device({new_id(), alice, noon, noon, "a"}, 50));
  REQUIRE(store.devices_of(alice, noon));
  REQUIRE(store.add_invite({"code", id, alice, noon, {}, false, 0}, 50));
  REQUIRE(store.find_invite("code", noon));
  REQUIRE(store.invites_of(id, noon));
  REQUIRE(store.preview_invite("code", noon));
  REQUIRE(store.use_invite("code", noon));
  REQUIRE(texts.size() > 15);
  for (const auto& text : texts) {
    INFO(text);
    CHECK(scans_of(db.options, text) == std::vector<std::string>{});
  }
}

TEST_CASE("the look at plans sees a scan", "[store][cost][plan]") {
  database<sqlite_driver> db;
  CHECK(scans_of(db.options, "SELECT content FROM messages WHERE content = ?").size() == 1);
  CHECK(scans_of(db.options, "SELECT m.seq FROM messages m WHERE m.created_at + 0 = ?").size() == 1);
}
