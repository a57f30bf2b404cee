#include "app/ctl/import/mattermost.hpp"

#include <catch2/catch.hpp>

#include <limits>

#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::test;
using namespace parley::app::ctl;
namespace foreign = parley::storage::foreign;

namespace {

/// A reader and what it says.
struct desk {
  auto take(const std::string& line) -> chat::expected<void> { return reader.take(line, ++number); }
  /// The usual first lines: a team, a channel, alice and bob in it.
  void begin() {
    for (
        const auto* line :
        {R"({"type":"version","version":1})",
         R"({"type":"team","team":{"name":"core","display_name":"Core"}})",
         R"({"type":"channel","channel":{"team":"core","name":"town","display_name":"Town",
             "type":"O"}})",
         R"({"type":"user","user":{"username":"alice","first_name":"Alice","teams":[{"name":"core",
             "channels":[{"name":"town","roles":"channel_user channel_admin",
             "last_viewed_at":2000}]}]}})",
         R"({"type":"user","user":{"username":"bob","delete_at":5,"teams":[{"name":"core",
             "channels":[{"name":"town","roles":"channel_user"}]}]}})"})
      REQUIRE(take(line));
  }
  auto entries(chat::conversation_id in) -> std::vector<foreign::foreign_entry> {
    box.sort();
    foreign::entry_mark mark;
    return box.entries_of(in, mark, 100);
  }

  std::vector<foreign::refusal> refused;
  foreign::refusal_sink sink = [this](const foreign::refusal& what) { refused.push_back(what); };
  foreign::intake box;
  mattermost_reader reader{box, {20, noon}, sink};
  std::uint64_t number = 0;
};

}  // namespace

TEST_CASE("channels become groups of their members, with roles and how far each has read",
          "[ctl][import]") {
  desk at;
  at.begin();
  const auto town = at.box.find(channel_id("core", "town"));
  REQUIRE(town);
  CHECK(town->info.type == chat::conversation_type::group);
  CHECK(town->info.title == "Town");
  const auto members = at.box.members_of(town->info.id);
  REQUIRE(members.size() == 2);
  CHECK(members[0].role == chat::member_role::admin);
  CHECK(members[0].read_up_to == 2'000'999);
  CHECK(members[0].read_at.ms == 2'000);
  CHECK(members[1].read_up_to == foreign::all_of_it);  // an old export does not say: nothing is new
  CHECK(members[1].delivered_up_to == foreign::all_of_it);
  const auto users = at.box.users_after({}, 10);
  REQUIRE(users.size() == 2);
  CHECK(users[0].user_name == "alice");
  CHECK(users[0].profile.first_name == "Alice");
  CHECK(users[1].is_disabled);
  CHECK(at.refused.empty());
}

TEST_CASE("a last look at an impossible time is the first or the last", "[ctl][import]") {
  CHECK(seen_up_to(std::numeric_limits<std::int64_t>::min(), alice).read_up_to == 999);
  CHECK(seen_up_to(std::numeric_limits<std::int64_t>::max(), alice).read_up_to > 0);
  CHECK(seen_up_to(std::nullopt, alice).read_up_to == foreign::all_of_it);
  CHECK_FALSE(seen_up_to(-1, alice).read_at);
}

TEST_CASE("titles name the team where there are several", "[ctl][import]") {
  desk at;
  at.begin();
  REQUIRE(at.take(R"({"type":"team","team":{"name":"sales","display_name":"Sales"}})"));
  REQUIRE(at.take(
      R"({"type":"channel","channel":{"team":"sales","name":"town","display_name":"Town",
             "type":"P"}})"));
  CHECK(at.box.find(channel_id("sales", "town"))->info.title == "Town (Sales)");
}

TEST_CASE("a thread is its first message and replies to it, an edit stands behind",
          "[ctl][import]") {
  desk at;
  at.begin();
  REQUIRE(at.take(R"({"type":"post","post":{"team":"core","channel":"town","user":"alice",
    "message":"one","create_at":1000,"edit_at":3000,"replies":[{"user":"bob","message":"two",
             "create_at":2000}]}})"));
  const auto found = at.entries(channel_id("core", "town"));
  REQUIRE(found.size() == 3);
  CHECK(found[0].what.content == "one");
  CHECK(found[1].what.content == "two");
  CHECK(found[1].what.reply_to == found[0].what.id);
  CHECK(found[1].place == "line 6, reply 1");
  CHECK(found[2].what.kind == chat::entry_kind::edited);
  CHECK(found[2].what.target == found[0].what.id);
  CHECK(found[2].what.content == "one");
  CHECK(found[2].what.created_at.ms == 3'000);
}

TEST_CASE("a post is the same at every run, and twice in a file once", "[ctl][import]") {
  const std::string line = R"({"type":"post","post":{"team":"core","channel":"town","user":"alice",
    "message":"one","create_at":1000}})";
  desk first;
  desk second;
  for (auto* at : {&first, &second}) {
    at->begin();
    REQUIRE(at->take(line));
    REQUIRE(at->take(line));
    CHECK(at->refused.size() == 1);
    CHECK_FALSE(at->refused[0].is_wrong);
  }
  const auto room = channel_id("core", "town");
  CHECK(first.entries(room)[0].what == second.entries(room)[0].what);
}

TEST_CASE("a conversation between people is one, in whatever order they are named",
          "[ctl][import]") {
  desk at;
  at.begin();
  REQUIRE(at.take(R"({"type":"direct_channel","direct_channel":{"members":["bob","alice"]}})"));
  REQUIRE(at.take(
      R"({"type":"direct_post","direct_post":{"channel_members":["alice","bob"],"user":"bob",
             "message":"psst","create_at":1000}})"));
  const auto id = direct_id({"alice", "bob"});
  REQUIRE(at.box.find(id));
  CHECK(at.box.find(id)->info.type == chat::conversation_type::direct);
  CHECK(at.entries(id).size() == 1);
  CHECK(at.refused.empty());
}

TEST_CASE("who talks to itself, and more than two, are groups", "[ctl][import]") {
  desk at;
  at.begin();
  REQUIRE(at.take(R"({"type":"user","user":{"username":"carol"}})"));
  REQUIRE(at.take(R"({"type":"direct_channel","direct_channel":{"members":["alice","alice"]}})"));
  REQUIRE(
      at.take(R"({"type":"direct_channel","direct_channel":{"members":["alice","bob","carol"]}})"));
  CHECK(at.box.find(direct_id({"alice"}))->info.type == chat::conversation_type::group);
  CHECK(at.box.members_of(direct_id({"alice", "bob", "carol"})).size() == 3);
  CHECK(at.refused.empty());
}

TEST_CASE("a reply to what is refused is taken, as a message of its own", "[ctl][import]") {
  desk at;
  at.begin();
  REQUIRE(at.take(R"({"type":"post","post":{"team":"core","channel":"town","user":"alice",
    "message":"far more than twenty characters","create_at":1000,"replies":[{"user":"bob",
             "message":"two","create_at":2000}]}})"));
  REQUIRE(at.refused.size() == 1);
  CHECK(at.refused[0].reason ==
        "its message has 31 characters, more than 20 (chat.max_text_units)");
  const auto found = at.entries(channel_id("core", "town"));
  REQUIRE(found.size() == 1);
  CHECK(found[0].what.reply_to.is_nil());
}

TEST_CASE("a file without a version is none, and damaged lines behind it are refused alone",
          "[ctl][import]") {
  desk at;
  CHECK_FALSE(at.reader.finish());
  CHECK_FALSE(at.take("{"));
  CHECK_FALSE(at.take(R"({"type":"team","team":{}})"));
  CHECK_FALSE(at.take(R"({"type":"version","version":2})"));
  at.begin();
  CHECK(at.reader.finish());
  for (
      const auto* line :
      {"{", "7", "null", "[]", "{\"type\":7}", "\xff", R"({"type":"post"})",
       R"({"type":"post","post":[]})", R"({"type":"user","user":{"username":"zoe","teams":7}})",
       R"({"type":"direct_channel","direct_channel":{"members":[7]}})",
       R"({"type":"post","post":{"team":"core","channel":"town","user":"alice","message":"x",
             "create_at":1000,"replies":{}}})",
       R"({"type":"post","post":{"team":"core","channel":"town","user":"alice","message":"y",
             "create_at":-1}})"}) {
    CAPTURE(line);
    const auto before = at.refused.size();
    CHECK(at.take(line));
    CHECK(at.refused.size() == before + 1);
    CHECK(at.refused.back().is_wrong);
  }
  CHECK(at.take(std::string(100'000, '[')));
  CHECK(at.take("  \r"));
}
