// What clients name is found in any case: a look at one value, every route and every hub method.
#include "net/codec/client_value.hpp"

#include <catch2/catch.hpp>
#include <regex>

#include "net/chat_hub/chat_hub.hpp"
#include "net/codec/bind.hpp"
#include "net/rest/routes.hpp"
#include "net/signalr/hub.hpp"
#include "tests/support/documents.hpp"
#include "tests/support/fields.hpp"
#include "tests/support/spelling.hpp"

using namespace parley;
using namespace parley::test;
using net::codec::client_value;
using net::codec::json;
using net::rest::verb;

namespace {

constexpr const char* id = "018cc4e5-2200-7000-8000-00000000000b";

/// A route's body with every name it knows.
struct example {
  verb method;
  std::string target;
  const char* body;
};

const std::string conversation = std::string{"/messaging/conversations/"} + id;

const std::vector<example> bodies{
    {verb::post, "/messaging/conversations",
     R"({"type":"Group","participantIds":["bob"],"title":"t","caseId":"c"})"},
    {verb::post, "/messaging/conversations", R"({"participant1Id":"alice","participant2Id":"bob"})"},
    {verb::patch, conversation, R"({"title":"t"})"},
    {verb::post, conversation + "/messages",
     R"({"content":"hi","clientMessageId":"k","replyTo":"018cc4e5-2200-7000-8000-00000000000c",)"
     R"("attachmentIds":["018cc4e5-2200-7000-8000-00000000000d"]})"},
    {verb::post, conversation + "/messages/read", R"({"upToSeq":3})"},
    {verb::post, conversation + "/messages/delivered", R"({"upToSeq":3})"},
    {verb::post, conversation + "/participants", R"({"userIds":["bob","carol"]})"},
    {verb::patch, conversation + "/participants/bob", R"({"role":"admin"})"},
    {verb::patch, std::string{"/messaging/messages/"} + id, R"({"content":"new"})"},
    {verb::post, "/messaging/attachments",
     R"({"conversationId":"018cc4e5-2200-7000-8000-00000000000b","fileName":"a",)"
     R"("contentType":"text/plain","size":5,"width":6,"height":7})"},
    {verb::post, conversation + "/invites", R"({"expiresInS":60,"maxUses":2})"},
    {verb::post, "/messaging/catch-up",
     R"([{"conversationId":"018cc4e5-2200-7000-8000-00000000000b","afterSeq":7,)"
     R"("afterId":"018cc4e5-2200-7000-8000-00000000000c"}])"},
    {verb::post, "/auth/register",
     R"({"userName":"u","password":"p","firstName":"f","lastName":"l","displayName":"d",)"
     R"("session":true})"},
    {verb::post, "/auth/token", R"({"userName":"u","password":"p","session":true})"},
    {verb::put, "/auth/password", R"({"currentPassword":"p","newPassword":"q"})"},
    {verb::put, "/users/me",
     R"({"firstName":"f","lastName":null,"displayName":"d","profilePictureUrl":"https://a.b/c"})"},
};

/// A route's query with every name it knows.
struct query_example {
  std::string target;
  std::vector<std::pair<std::string, std::string>> fields;
};

const std::vector<query_example> queries{
    {"/messaging/conversations",
     {{"limit", "7"}, {"before", std::string{"2024-01-01T12:00:00.000Z|"} + id}}},
    {conversation + "/messages", {{"pageNumber", "2"}, {"pageSize", "3"}}},
    {conversation + "/messages", {{"before", "9"}, {"limit", "3"}}},
    {conversation + "/messages", {{"after", "9"}, {"limit", "3"}}},
    {conversation + "/messages", {{"around", "9"}, {"limit", "3"}}},
    {conversation + "/messages", {{"aroundId", id}, {"changes", "true"}}},
    {conversation + "/participants", {{"after", "5|alice"}, {"limit", "3"}}},
    {"/messaging/presence", {{"userIds", "alice,bob"}}},
    {"/users", {{"query", "a"}, {"limit", "3"}}},
    {"/users", {{"userName", "a"}}},
    {"/users", {{"ids", "alice,bob"}}},
    {"/admin/dead-letters", {{"before", id}, {"limit", "3"}}},
};

/// A hub method's arguments with every name it knows.
const std::vector<std::pair<const char*, const char*>> calls{
    {"Send", R"([{"conversationId":"018cc4e5-2200-7000-8000-00000000000b","content":"hi",)"
             R"("clientMessageId":"k","replyTo":"018cc4e5-2200-7000-8000-00000000000c",)"
             R"("attachmentIds":["018cc4e5-2200-7000-8000-00000000000d"]}])"},
    {"CreateConversation", R"([{"type":1,"participantIds":["bob"],"title":"t","caseId":"c"}])"},
    {"AddParticipants", R"(["018cc4e5-2200-7000-8000-00000000000b",["bob"]])"},
    {"GetConversations",
     R"([{"before":"2024-01-01T12:00:00.000Z|018cc4e5-2200-7000-8000-00000000000b","limit":3}])"},
    {"GetMessages",
     R"([{"conversationId":"018cc4e5-2200-7000-8000-00000000000b","before":9,"limit":3}])"},
    {"GetMessages", R"([{"conversationId":"018cc4e5-2200-7000-8000-00000000000b","after":9}])"},
    {"GetMessages", R"([{"conversationId":"018cc4e5-2200-7000-8000-00000000000b","around":9}])"},
    {"GetMessages", R"([{"conversationId":"018cc4e5-2200-7000-8000-00000000000b",)"
                    R"("aroundId":"018cc4e5-2200-7000-8000-00000000000c","changes":true}])"},
    {"GetParticipants",
     R"([{"conversationId":"018cc4e5-2200-7000-8000-00000000000b","after":"5|alice","limit":3}])"},
    {"JoinConversations", R"([["018cc4e5-2200-7000-8000-00000000000b"]])"},
    {"CatchUp", R"([[{"conversationId":"018cc4e5-2200-7000-8000-00000000000b","afterSeq":7,)"
                R"("afterId":"018cc4e5-2200-7000-8000-00000000000c"}]])"},
    {"GetPresence", R"([["alice","bob"]])"},
};

auto route_of(const example& one) { return net::rest::find_route(one.method, one.target); }

/// The command as text, or the refusal.
auto made_of(const chat::expected<chat::request>& made) -> std::string {
  return made ? fields_of(*made) : "refused: " + made.error().detail;
}

auto bound(const example& one, const json& body) -> std::string {
  const auto found = route_of(one);
  REQUIRE(found.found != nullptr);
  return made_of(found.found->bind({found.path, {}, body, {}}));
}

auto bound(const query_example& one, const spelling* how) -> std::string {
  std::string query;
  for (const auto& [name, value] : one.fields)
    query += (how == nullptr ? name : respelled(name, *how)) + "=" + value + "&";
  const auto found = net::rest::find_route(verb::get, one.target);
  REQUIRE(found.found != nullptr);
  const json none;
  return made_of(found.found->bind({found.path, net::rest::query_of(query), none, {}}));
}

auto bound(const net::signalr::hub_method& method, const json& arguments) -> std::string {
  const auto fitted = net::signalr::fit_arguments(method, arguments);
  REQUIRE(fitted);
  return made_of(method.bind(*fitted));
}

/// The names a schema of a body has, its alternatives and the items of a list included.
auto names_of(const json& document, const json& schema) -> names {
  const auto& real = resolve(document, schema);
  names found = keys_of(real.value("properties", json::object()));
  if (real.contains("items")) found.merge(names_of(document, real.at("items")));
  for (const auto* choice : {"oneOf", "anyOf"})
    for (const auto& one : real.value(choice, json::array()))
      found.merge(names_of(document, one));
  return found;
}

}  // namespace

TEST_CASE("a name is found in any case, the documented spelling first", "[net][client_value]") {
  const json sent = json::parse(R"({"NAME":1,"name":2,"Name":3,"other":null})");
  const client_value value{sent};
  CHECK(value.find("name").number() == 2);
  CHECK(value.find("nAME").number() == 1);
  CHECK(value.contains("OTHER"));
  CHECK(value.find("other").is_null());
  CHECK_FALSE(value.contains("nam"));
  CHECK_FALSE(value.contains("names"));
}

TEST_CASE("what is missing or of another kind reads as null", "[net][client_value]") {
  const json sent = json::parse(R"({"list":[1],"text":"x","number":-1})");
  const client_value value{sent};
  CHECK(value.find("userIds").is_null());
  CHECK(value.find("userIds").find("more").is_null());
  CHECK(value.find("list").at(1).is_null());
  CHECK(value.find("list").find("0").is_null());
  CHECK(value.at(0).is_null());
  CHECK(value.find("text").at(0).is_null());
  CHECK(value.find("text").size() == 0);
  CHECK_FALSE(value.find("number").number());
  CHECK(value.find("list").at(0).number() == 1);
}

TEST_CASE("every route takes the names of its body in any case", "[net][client_value]") {
  for (const auto& one : bodies) {
    const auto body = json::parse(one.body);
    const auto documented = bound(one, body);
    INFO(one.target << " " << one.body << " is " << documented);
    CHECK_FALSE(documented.starts_with("refused"));
    for (const auto& how : spellings) {
      INFO(how.name);
      CHECK(bound(one, respelled(body, how)) == documented);
    }
  }
}

TEST_CASE("every documented name of a body is tried in any case", "[net][client_value]") {
  std::map<std::string, names> tried;
  for (const auto& one : bodies) {
    const auto body = json::parse(one.body);
    const auto& route = *route_of(one).found;
    tried[std::string{boost::beast::http::to_string(route.method)} + std::string{route.pattern}].merge(
        keys_of(body.is_array() ? body.at(0) : body));
  }
  const auto& document = net::docs::openapi();
  for (const auto& [path, verbs] : document.at("paths").items())
    for (const auto& [name, operation] : verbs.items()) {
      if (!operation.contains("requestBody")) continue;
      const auto& content = operation.at("requestBody").at("content");
      if (!content.contains("application/json")) continue;  // the bytes of a file
      const auto target = std::regex_replace(std::string{path}, std::regex{"\\{\\w+\\}"}, "{}");
      std::string method = name;
      for (auto& c : method) c = upper(c);
      INFO(method << " " << path);
      CHECK(tried[method + target] ==
            names_of(document, content.at("application/json").at("schema")));
    }
}

TEST_CASE("every route takes the names of its query in any case", "[net][client_value]") {
  for (const auto& one : queries) {
    const auto documented = bound(one, nullptr);
    INFO(one.target << " is " << documented);
    CHECK_FALSE(documented.starts_with("refused"));
    for (const auto& how : spellings) {
      INFO(how.name);
      CHECK(bound(one, &how) == documented);
    }
  }
}

TEST_CASE("every hub method takes the names of its arguments in any case", "[net][client_value]") {
  names tried{"StreamHistory"};  // below
  for (const auto& [name, text] : calls) {
    const auto* method = net::chat_hub().find(name);
    REQUIRE(method != nullptr);
    tried.insert(name);
    const auto arguments = json::parse(text);
    const auto documented = bound(*method, arguments);
    INFO(name << " " << text << " is " << documented);
    CHECK_FALSE(documented.starts_with("refused"));
    for (const auto& how : spellings) {
      INFO(how.name);
      CHECK(bound(*method, respelled(arguments, how)) == documented);
    }
  }
  for (const auto* method : net::chat_hub().methods())
    for (const auto& parameter : method->parameters)
      if (parameter.type == net::signalr::kind::object ||
          parameter.type == net::signalr::kind::list) {
        INFO("a method that takes names, but is not tried here");
        CHECK(tried.contains(method->name));
      }
}

TEST_CASE("a stream of history takes its names in any case", "[net][client_value]") {
  const auto sent = json::parse(
      R"({"conversationId":"018cc4e5-2200-7000-8000-00000000000b","before":9,"limit":3})");
  for (const auto& how : spellings) {
    const auto walk = net::codec::bind_history_walk(respelled(sent, how));
    REQUIRE(walk);
    CHECK(to_string(walk->conversation) == id);
    CHECK(walk->descending);
    CHECK(walk->from == 9);
    CHECK(walk->limit == 3);
  }
}
