#include "net/rest/routes.hpp"

#include <catch2/catch.hpp>

#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::net::rest;
using namespace parley::test;
using chat::errc;
using net::codec::json;

namespace {

const std::string id = "018cc4e5-2200-7000-8000-00000000000b";
const std::string conversation = "/messaging/conversations/" + id;

/// The command of a request; its target may have a query.
auto bound(verb method, const std::string& target, const std::string& body = "",
           const std::string& key = "") -> chat::expected<chat::request> {
  const auto mark = std::min(target.find('?'), target.size());
  const auto found = find_route(method, std::string_view{target}.substr(0, mark));
  INFO(target);
  REQUIRE(found.found != nullptr);
  return found.found->bind({found.path, query_of(std::string_view{target}.substr(
                                            std::min(mark + 1, target.size()))),
                            body.empty() ? json{} : json::parse(body), key});
}

template <class Command>
auto command(verb method, const std::string& target, const std::string& body = "",
             const std::string& key = "") -> Command {
  const auto made = bound(method, target, body, key);
  INFO(target);
  REQUIRE(made);
  REQUIRE(std::holds_alternative<Command>(*made));
  return std::get<Command>(*made);
}

}  // namespace

TEST_CASE("every route of the table is found and becomes its command", "[net][rest]") {
  CHECK(command<chat::create_conversation>(verb::post, "/messaging/conversations",
                                           R"({"type":"Group","participantIds":["bob"]})")
            .participants == std::vector{bob});
  CHECK(command<chat::list_conversations>(verb::get, "/messaging/conversations").limit == 0);
  CHECK(command<chat::list_conversations>(verb::get, "/messaging/conversations?limit=7").limit == 7);
  CHECK(command<chat::rename>(verb::patch, conversation, R"({"title":"t"})").title == "t");
  CHECK(command<chat::read_page>(verb::get, conversation + "/messages").size == 50);
  CHECK(command<chat::post>(verb::post, conversation + "/messages", R"({"content":"hi"})").content ==
        "hi");
  const auto read = command<chat::mark>(verb::post, conversation + "/messages/read");
  CHECK(read.status == chat::message_status::read);
  CHECK(read.up_to_seq == 0);
  CHECK(command<chat::mark>(verb::post, conversation + "/messages/delivered", R"({"upToSeq":3})")
            .up_to_seq == 3);
  CHECK(command<chat::add_participants>(verb::post, conversation + "/participants",
                                        R"({"userIds":["bob"]})")
            .users == std::vector{bob});
  const auto role = command<chat::set_role>(verb::patch, conversation + "/participants/bob",
                                            R"({"role":"ADMIN"})");
  CHECK(role.user == bob);
  CHECK(role.role == chat::member_role::admin);
  CHECK(command<chat::set_role>(verb::patch, conversation + "/participants/me", R"({"role":0})")
            .user.value.empty());
  for (const auto* bad : {R"({"role":"owner"})", R"({"role":7})", "{}", "[]"})
    CHECK_FALSE(bound(verb::patch, conversation + "/participants/bob", bad));
  CHECK(command<chat::remove_participant>(verb::delete_, conversation + "/participants/bob").user ==
        bob);
  CHECK(command<chat::remove_participant>(verb::delete_, conversation + "/participants/me")
            .user.value.empty());
  CHECK(command<chat::edit_message>(verb::patch, "/messaging/messages/" + id, R"({"content":"x"})")
            .content == "x");
  CHECK(to_string(command<chat::delete_message>(verb::delete_, "/messaging/messages/" + id)
                      .message) == id);
  const auto file = command<chat::create_attachment>(
      verb::post, "/messaging/attachments",
      R"({"conversationId":")" + id + R"(","fileName":"a b","contentType":"text/plain","size":5})");
  CHECK(to_string(file.conversation) == id);
  CHECK(file.file_name == "a b");
  CHECK(file.content_type == "text/plain");
  CHECK(file.size == 5);
  CHECK(command<chat::get_presence>(verb::get, "/messaging/presence?userIds=alice,bob").users ==
        std::vector{alice, bob});
  CHECK(command<chat::catch_up_all>(verb::post, "/messaging/catch-up", "[]").conversations.empty());
  CHECK(command<chat::register_account>(verb::post, "/auth/register",
                                        R"({"userName":"u","password":"p","firstName":"f"})")
            .first_name == "f");
  CHECK(command<chat::sign_in>(verb::post, "/auth/token", R"({"userName":"u","password":"p"})")
            .user_name == "u");
}

TEST_CASE("few routes need no user: the ways in, and what a link leads to", "[net][rest]") {
  std::vector<std::string> open;
  for (const auto& one : routes())
    if (one.by != access::user) open.push_back(std::string{one.pattern});
  CHECK(open == std::vector<std::string>{"/auth/register", "/auth/token", "/auth/session", "/auth/session",
                                         "/messaging/invites/{}"});
}

TEST_CASE("a path with another verb names those it has", "[net][rest]") {
  const auto found = find_route(verb::delete_, conversation + "/messages");
  CHECK(found.found == nullptr);
  CHECK(found.allowed == std::vector{verb::get, verb::head, verb::post});
}

TEST_CASE("a path that does not exist has no verbs", "[net][rest]") {
  for (const auto& path : {std::string{"/"}, std::string{""}, std::string{"/messaging"},
                           conversation + "/nothing", conversation + "/messages/read/more",
                           std::string{"/messaging/conversations//messages"},
                           std::string{"/messaging/messages/"}, "messaging" + conversation,
                           std::string{"/MESSAGING/conversations"}}) {
    INFO(path);
    CHECK(find_route(verb::get, path).allowed.empty());
  }
}

TEST_CASE("a conversation may be named by its case", "[net][rest]") {
  const auto found =
      find_route(verb::get, "/messaging/conversations/by-case/case%2F7%20x/messages");
  REQUIRE(found.found);
  CHECK(found.case_id == "case/7 x");
  CHECK(found.found->pattern == "/messaging/conversations/{}/messages");
  CHECK(find_route(verb::get, conversation + "/messages").case_id.empty());
}

TEST_CASE("path parts are percent-decoded after they are told apart", "[net][rest]") {
  CHECK(command<chat::remove_participant>(verb::delete_, conversation + "/participants/a%2Fb%40c+d")
            .user.value == "a/b@c+d");
  const auto found = find_route(verb::delete_, conversation + "/participants/%zz%4");
  REQUIRE(found.found);
  CHECK(found.path[1] == "%zz%4");
}

TEST_CASE("a query is taken apart and decoded", "[net][rest]") {
  const auto query = parse_query("a=1&b=%20x+y&c&=d&a=2&e=%4&f=%zz&g=h%3D=i&");
  CHECK(query.at("a") == "1");
  CHECK(query.at("b") == " x y");
  CHECK(query.at("c").empty());
  CHECK_FALSE(query.contains(""));
  CHECK(query.at("e") == "%4");
  CHECK(query.at("f") == "%zz");
  CHECK(query.at("g") == "h==i");
  CHECK(query.size() == 6);
  CHECK(parse_query("").empty());
  CHECK(parse_query("a=%41").at("a") == "A");
}

TEST_CASE("the fields of a query keep their order", "[net][rest]") {
  using fields = std::vector<std::pair<std::string, std::string>>;
  CHECK(query_fields("b=1&a=2&B=%203&&=4&a") ==
        fields{{"b", "1"}, {"a", "2"}, {"B", " 3"}, {"a", ""}});
}

TEST_CASE("who is removed is named by a user id, as in the hub", "[net][rest]") {
  for (const auto* user : {"%00", "b%20b", "%c3%a9", "b\n"})
    CHECK(bound(verb::delete_, conversation + "/participants/" + user).error().code ==
          errc::bad_request);
  CHECK_FALSE(bound(verb::delete_, conversation + "/participants/" + std::string(65, 'x')));
}

TEST_CASE("pages are bounded", "[net][rest]") {
  const auto page = command<chat::read_page>(verb::get,
                                             conversation + "/messages?pageNumber=3&pageSize=200");
  CHECK(page.number == 3);
  CHECK(page.size == 200);
  for (const auto* query :
       {"pageNumber=0", "pageSize=0", "pageSize=201", "pageNumber=-1", "pageNumber=x",
        "pageNumber=", "pageNumber=1.5", "pageNumber=+1", "pageNumber=99999999999999999999",
        "pageSize=1%00", "pageNumber=%201"}) {
    INFO(query);
    CHECK(bound(verb::get, conversation + "/messages?" + query).error().code == errc::bad_request);
  }
}

TEST_CASE("a stretch of seqs is asked for on the same route", "[net][rest]") {
  const auto after =
      command<chat::read_stretch>(verb::get, conversation + "/messages?after=0&limit=5");
  CHECK(after.after_given);
  CHECK(after.limit == 5);
  CHECK(to_string(after.conversation) == id);
  CHECK(command<chat::read_stretch>(verb::get, conversation + "/messages?before=9").before == 9);
  for (const auto* query : {"limit=0", "limit=201", "before=x", "before=1&after=2"})
    CHECK_FALSE(bound(verb::get, conversation + "/messages?" + query));
}

TEST_CASE("Idempotency-Key is the client message id where the body has none", "[net][rest]") {
  const auto messages = conversation + "/messages";
  CHECK(command<chat::post>(verb::post, messages, R"({"content":"x"})", "key").client_message_id ==
        "key");
  CHECK(command<chat::post>(verb::post, messages, R"({"content":"x","clientMessageId":"own"})",
                            "key")
            .client_message_id == "own");
  CHECK_FALSE(bound(verb::post, messages, R"({"content":"x"})", "a b"));
  CHECK_FALSE(bound(verb::post, messages, R"({"content":"x"})", std::string(65, 'x')));
}

TEST_CASE("bodies of the wrong shape are refused", "[net][rest]") {
  for (const auto* body : {"", "[]", "{}", R"({"userIds":null})", R"({"userIds":"bob"})",
                           R"({"userIds":[""]})"})
    CHECK_FALSE(bound(verb::post, conversation + "/participants", body));
  for (const auto* body : {"", "[]", "{}", R"({"title":5})"})
    CHECK_FALSE(bound(verb::patch, conversation, body));
  for (const auto* body : {"", "[]", "{}", R"({"content":5})"})
    CHECK_FALSE(bound(verb::patch, "/messaging/messages/" + id, body));
  for (const auto* body : {"[]", R"({"upToSeq":-1})", R"({"upToSeq":"1"})"})
    CHECK_FALSE(bound(verb::post, conversation + "/messages/read", body));
  for (const auto* body : {"", "{}", R"({"userName":"u"})", R"({"userName":1,"password":"p"})"})
    CHECK_FALSE(bound(verb::post, "/auth/token", body));
}

TEST_CASE("presence is asked of at most 200 users", "[net][rest]") {
  std::string users;
  for (int i = 0; i < 200; ++i) users += "u" + std::to_string(i) + ",";
  CHECK(command<chat::get_presence>(verb::get, "/messaging/presence?userIds=" + users)
            .users.size() == 200);
  CHECK_FALSE(bound(verb::get, "/messaging/presence?userIds=" + users + "more"));
  CHECK(command<chat::get_presence>(verb::get, "/messaging/presence").users.empty());
  CHECK_FALSE(bound(verb::get, "/messaging/presence?userIds=a%20b"));
}
