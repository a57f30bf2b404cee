#include "app/ctl/conversations.hpp"

#include <fstream>

#include "tests/unit/ctl/desk.hpp"

using namespace parley;
using namespace parley::test;

namespace {

/// Each line of the output as JSON.
auto lines_of(const operator_desk& desk) -> std::vector<nlohmann::json> {
  std::vector<nlohmann::json> all;
  std::istringstream text{desk.out.str()};
  for (std::string line; std::getline(text, line);) all.push_back(nlohmann::json::parse(line));
  return all;
}

}  // namespace

TEST_CASE("conversations are listed newest first, all or of one user", "[ctl][conversations]") {
  operator_desk desk;
  desk.post(alice, "hello");
  CHECK(desk.run({"conversation", "list", "--user", "bob", "--json"}) == ctl::done);
  REQUIRE(desk.json().size() == 1);
  const auto row = desk.json()[0];
  CHECK(row["id"] == to_string(desk.room));
  CHECK(row["title"] == "the room");
  CHECK(row["members"] == 2);
  CHECK(row["entries"] == 2);
  CHECK(desk.run({"conversation", "list", "--user", "carol"}) == ctl::done);
  CHECK(desk.out.str() == "no conversations\n");
  CHECK(desk.run({"conversation", "list", "--before", to_string(desk.room), "--json"}) ==
        ctl::done);
  for (const auto& each : desk.json()) CHECK(each["id"] < to_string(desk.room));
  CHECK(desk.run({"conversation", "list", "--before", "x"}) == ctl::wrong_usage);
}

TEST_CASE("one is shown in numbers, and who is in it", "[ctl][conversations]") {
  operator_desk desk;
  desk.post(bob, "hello");
  CHECK(desk.run({"conversation", "show", to_string(desk.room)}) == ctl::done);
  CHECK(desk.said("type: Group\n"));
  CHECK(desk.said("messages: 1\n"));
  CHECK_FALSE(desk.said("hello"));
  CHECK(desk.run({"conversation", "members", to_string(desk.room), "--json"}) == ctl::done);
  REQUIRE(desk.json().size() == 2);
  CHECK(desk.json()[0]["userId"] == "alice");
  CHECK(desk.run({"conversation", "show", to_string(new_id())}) == ctl::failed);
  CHECK(desk.complained("see parleyctl conversation list"));
  CHECK(desk.run({"conversation", "show", "7"}) == ctl::wrong_usage);
}

TEST_CASE("an export has the conversation, its members and every entry in order",
          "[ctl][conversations]") {
  operator_desk desk;
  for (int i = 0; i < 1'200; ++i) desk.post(i % 2 == 0 ? alice : bob, "text " + std::to_string(i));
  CHECK(desk.run({"conversation", "export", to_string(desk.room)}) == ctl::done);
  const auto lines = lines_of(desk);
  REQUIRE(lines.size() == 1 + 2 + 1'201);
  CHECK(lines[0]["record"] == "conversation");
  CHECK(lines[1]["record"] == "member");
  CHECK(lines[3]["kind"] == "created");
  for (std::size_t seq = 1; seq <= 1'201; ++seq) CHECK(lines[seq + 2]["seq"] == seq);
  CHECK(lines.back()["content"] == "text 1199");
}

TEST_CASE("an export that cannot be written is no success", "[ctl][conversations]") {
  operator_desk desk;
  std::ofstream full{"/dev/full"};
  std::istringstream in;
  CHECK(ctl::run(
            {"conversation", "export", to_string(desk.room), "--storage.url=" + desk.options.url},
            {in, full, desk.complaints}) == ctl::failed);
  CHECK(desk.complained("could not be written"));
}
