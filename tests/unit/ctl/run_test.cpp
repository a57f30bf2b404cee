#include "app/ctl/run.hpp"

#include "app/ctl/command.hpp"
#include "app/ctl/help.hpp"
#include "tests/unit/ctl/desk.hpp"

using namespace parley;
using namespace parley::test;

namespace {

/// The program without a database.
struct bare {
  auto run(const words& what) -> int {
    std::istringstream in;
    out.str({});
    complaints.str({});
    return ctl::run(what, {in, out, complaints});
  }
  std::ostringstream out;
  std::ostringstream complaints;
};

}  // namespace

TEST_CASE("help and version need no database", "[ctl]") {
  bare program;
  CHECK(program.run({}) == ctl::done);
  CHECK(program.out.str() == ctl::help_text(""));
  for (const auto* word : {"version", "--version", "-V"}) {
    CHECK(program.run({word}) == ctl::done);
    CHECK(program.out.str().starts_with("parleyctl "));
  }
  CHECK(program.complaints.str().empty());
}

TEST_CASE("every level has help, and every command says what it takes", "[ctl]") {
  bare program;
  for (const auto& words_of_help : {words{"--help"}, words{"help"}, words{"-h"}}) {
    CHECK(program.run(words_of_help) == ctl::done);
    for (const auto& one : ctl::commands())
      CHECK(program.out.str().find(std::string{one.path}) != std::string::npos);
  }
  for (const auto& one : ctl::commands()) {
    std::istringstream path{std::string{one.path}};
    words asked;
    for (std::string word; path >> word;) asked.push_back(word);
    if (asked.size() == 2) {
      CHECK(program.run({asked[0], "--help"}) == ctl::done);
      CHECK(program.out.str() == ctl::help_text(asked[0]));
      CHECK(program.run({asked[0]}) == ctl::done);
    }
    asked.push_back("--help");
    CHECK(program.run(asked) == ctl::done);
    CHECK(program.out.str().starts_with("usage: parleyctl " + std::string{one.path}));
    for (const auto& option : one.options)
      CHECK(program.out.str().find(std::string{option.name}) != std::string::npos);
    std::istringstream lines{program.out.str()};
    for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 110);
  }
  CHECK(program.complaints.str().empty());
}

TEST_CASE("what cannot be understood is wrong usage, in one line that says where help is",
          "[ctl]") {
  operator_desk desk;
  const auto id = to_string(new_id());
  for (const auto& what : {words{"dance"},
                           words{"dlq", "forget", id},
                           words{"dlq", "show"},
                           words{"dlq", "show", "7"},
                           words{"dlq", "list", "--limit", "0"},
                           words{"dlq", "list", "--limit=many"},
                           words{"dlq", "list", "--limit", "1001"},
                           words{"dlq", "list", "--before", "x"},
                           words{"dlq", "drop", id, id},
                           words{"dlq", "list", "--nonsense"},
                           words{"archive"},
                           words{"archive", "--before", id},
                           words{"help", "dance"},
                           words{"archive", "--before", "2024-02-30"},
                           words{"archive", "--before", "24-02-01"},
                           words{"user", "delete", "ann", "--yes=1"},
                           words{"user", "show"},
                           words{"backup"},
                           words{"import", "mattermost"},
                           words{"import", "slack", "export.zip"},
                           words{"import", "dotnet", "mysql://u:secret@h/d"},
                           words{"import", "dotnet", "sqlite:x", "--guids", "middle-endian"},
                           words{"user", "create", "An"},
                           words{"token", "make", "guest:1"}}) {
    CAPTURE(what);
    CHECK(desk.run(what) == ctl::wrong_usage);
    CHECK(desk.out.str().empty());
    const auto said = desk.complaints.str();
    CHECK(said.starts_with("parleyctl: "));
    CHECK(std::count(said.begin(), said.end(), '\n') == 1);
  }
  CHECK(desk.run({"usr", "list"}) == ctl::wrong_usage);
  CHECK(desk.complained("did you mean 'user'? See parleyctl help"));
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
  CHECK(desk.complained(nowhere.string()));
  CHECK_FALSE(std::filesystem::exists(nowhere));
}
