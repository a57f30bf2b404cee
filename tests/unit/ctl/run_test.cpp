#include "app/ctl/run.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sstream>

#include "app/ctl/arguments.hpp"
#include "storage/migrations.hpp"
#include "storage/open.hpp"
#include "tests/support/people.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace parley;
using namespace parley::test;
namespace ctl = parley::app::ctl;
using words = std::vector<std::string>;

namespace {

auto new_id() -> chat::uuid {
  return chat::system_ids().next(noon);
}

/// A migrated database with a group of alice and bob, and the program beside it.
struct operator_desk {
  operator_desk() {
    options.url = "sqlite:" + (folder.path() / "parley.db").string();
    REQUIRE(storage::migrate_up(options));
    store = std::move(*storage::open_store(options));
    storage::new_conversation what;
    what.info.id = room;
    what.info.created_by = alice;
    what.members = {{alice, chat::member_role::owner, 0, 0, noon, {}},
                    {bob, chat::member_role::member, 0, 0, noon, {}}};
    what.created.conversation = room;
    what.created.seq = 1;
    what.created.kind = chat::entry_kind::created;
    what.created.id = {new_id()};
    what.created.actor = alice;
    REQUIRE(store->create(what));
  }

  /// Keeps a dead letter of alice. @returns its id
  auto letter(std::string text) -> std::string {
    chat::entry e;
    e.conversation = room;
    e.seq = 7;
    e.ordinal = 3;
    e.id = {new_id()};
    e.actor = alice;
    e.content = std::move(text);
    e.created_at = noon;
    REQUIRE(store->add_dead_letter({e, after_noon(1'000), "the store cannot take this data"}));
    return to_string(e.id);
  }

  auto run(words what) -> int {
    out.str({});
    complaints.str({});
    what.push_back("--storage.url=" + options.url);
    return ctl::run(what, out, complaints);
  }
  auto said(const std::string& text) const -> bool {
    return out.str().find(text) != std::string::npos;
  }
  auto json() const { return nlohmann::json::parse(out.str()); }

  temporary_folder folder;
  config::storage_options options;
  std::unique_ptr<storage::store> store;
  chat::conversation_id room{new_id()};
  std::ostringstream out;
  std::ostringstream complaints;
};

}  // namespace

TEST_CASE("help and version need no database", "[ctl]") {
  std::ostringstream out, complaints;
  CHECK(ctl::run({}, out, complaints) == ctl::done);
  CHECK(out.str() == ctl::usage());
  CHECK(ctl::run({"version"}, out, complaints) == ctl::done);
  CHECK(complaints.str().empty());
}

TEST_CASE("what cannot be understood is wrong usage", "[ctl]") {
  std::ostringstream out, complaints;
  const auto id = to_string(new_id());
  for (const auto& what :
       {words{"dance"}, words{"dlq"}, words{"dlq", "show"}, words{"dlq", "show", "7"},
        words{"dlq", "list", "--limit", "0"}, words{"dlq", "list", "--limit=many"},
        words{"dlq", "list", "--limit", "1001"}, words{"dlq", "list", "--before", "x"},
        words{"dlq", "forget", id}, words{"archive"}, words{"archive", "--before", id},
        words{"archive", "--before", "2024-02-30"}, words{"archive", "--before", "24-02-01"}})
    CHECK(ctl::run(what, out, complaints) == ctl::wrong_usage);
  CHECK(out.str().empty());
  CHECK(complaints.str().find("usage: parleyctl") != std::string::npos);
}

TEST_CASE("an empty queue lists nothing", "[ctl]") {
  operator_desk desk;
  CHECK(desk.run({"dlq", "list"}) == ctl::done);
  CHECK(desk.out.str() == "no dead letters\n");
  CHECK(desk.run({"dlq", "list", "--json"}) == ctl::done);
  CHECK(desk.json() == nlohmann::json::array());
}

TEST_CASE("the list names dead letters without their text, show tells it", "[ctl]") {
  operator_desk desk;
  const auto one = desk.letter("first secret");
  const auto two = desk.letter("second secret");
  CHECK(desk.run({"dlq", "list"}) == ctl::done);
  CHECK(desk.out.str().find(two) < desk.out.str().find(one));
  CHECK(desk.said("2024-01-01T12:00:01.000Z"));
  CHECK_FALSE(desk.said("secret"));
  CHECK(desk.run({"dlq", "list", "--json", "--limit", "1", "--before", two}) == ctl::done);
  REQUIRE(desk.json().size() == 1);
  CHECK(desk.json()[0]["id"] == one);
  CHECK(desk.json()[0]["senderId"] == "alice");
  CHECK_FALSE(desk.said("secret"));
  CHECK(desk.run({"dlq", "show", one}) == ctl::done);
  CHECK(desk.said("content: first secret\n"));
  CHECK(desk.run({"dlq", "show", one, "--json"}) == ctl::done);
  CHECK(desk.json()["content"] == "first secret");
  CHECK(desk.json()["kind"] == "message");
}

TEST_CASE("text that would command a terminal is shown without its power", "[ctl]") {
  operator_desk desk;
  const auto id = desk.letter(
      "a\x1b[2J\xc2\x9b"
      "1mb\xff");
  CHECK(desk.run({"dlq", "show", id}) == ctl::done);
  CHECK(desk.said("content: a?[2J?1mb\xff\n"));
  CHECK(desk.run({"dlq", "show", id, "--json"}) == ctl::done);
  CHECK(desk.json()["content"].get<std::string>().starts_with("a\x1b[2J"));
}

TEST_CASE("retry posts a dead letter and drops it", "[ctl]") {
  operator_desk desk;
  const auto id = desk.letter("at last");
  CHECK(desk.run({"dlq", "retry", id}) == ctl::done);
  CHECK(desk.said("under seq 2"));
  const auto stored = desk.store->messages(desk.room, storage::ordinal_range{1, 9});
  REQUIRE(stored);
  REQUIRE(stored->size() == 1);
  CHECK(stored->front().content == "at last");
  CHECK(stored->front().actor == alice);
  CHECK(desk.run({"dlq", "retry", id}) == ctl::failed);
  CHECK(desk.complaints.str() == "parleyctl: there is no such dead letter\n");
  const auto other = desk.letter("more");
  CHECK(desk.run({"dlq", "retry", other, "--json"}) == ctl::done);
  CHECK(desk.json()["seq"] == 3);
}

TEST_CASE("drop forgets a dead letter", "[ctl]") {
  operator_desk desk;
  const auto id = desk.letter("never mind");
  CHECK(desk.run({"dlq", "drop", id}) == ctl::done);
  CHECK(*desk.store->count_dead_letters() == 0);
  CHECK(desk.run({"dlq", "drop", id}) == ctl::failed);
  CHECK(desk.run({"dlq", "show", id}) == ctl::failed);
}

TEST_CASE("archive moves what is old and leaves the last message", "[ctl]") {
  operator_desk desk;
  for (const auto* text : {"one", "two", "three"})
    REQUIRE(desk.store->retry_dead_letter(*chat::message_id::parse(desk.letter(text)), noon));
  CHECK(desk.run({"archive", "--before", "2024-01-01"}) == ctl::done);
  CHECK(desk.out.str() == "archived 0 rows\n");
  CHECK(desk.run({"archive", "--before=2024-01-02", "--json"}) == ctl::done);
  CHECK(desk.json()["archivedRows"] == 3);
  const auto all = desk.store->messages(desk.room, storage::ordinal_range{1, 9});
  REQUIRE(all);
  CHECK(all->size() == 3);
  CHECK(desk.run({"archive", "--before", "2999-01-01"}) == ctl::failed);
}

TEST_CASE("settings that are wrong and a database that is missing fail with a reason", "[ctl]") {
  operator_desk desk;
  CHECK(desk.run({"dlq", "list", "--storage.ulr=x"}) == ctl::failed);
  CHECK(desk.complaints.str().find("storage.ulr") != std::string::npos);
  const auto nowhere = desk.folder.path() / "nowhere.db";
  desk.options.url = "sqlite:" + nowhere.string();
  CHECK(desk.run({"dlq", "list"}) == ctl::failed);
  CHECK_FALSE(std::filesystem::exists(nowhere));
}
