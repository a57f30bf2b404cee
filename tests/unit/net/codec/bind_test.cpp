#include "net/codec/bind.hpp"

#include <catch2/catch.hpp>

#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::net::codec;
using namespace parley::test;
using chat::errc;

namespace {

const std::string room_text = "018cc4e5-2200-7000-8000-00000000000b";
const auto room = *chat::conversation_id::parse(room_text);

auto with_room(const std::string& more) {
  return json::parse("{\"conversationId\":\"" + room_text + "\"" + more + "}");
}

/// Why an object is refused; "" when it is not.
template <class Bound>
auto refusal(const Bound& made) -> std::string {
  if (made) return {};
  CHECK(made.error().code == errc::bad_request);
  return made.error().detail;
}

}  // namespace

TEST_CASE("a post is bound from what is named and nothing else", "[net][bind]") {
  const auto made = bind_post(with_room(
      R"(,"content":"hi","clientMessageId":"k","replyTo":")" + room_text +
      R"(","attachmentIds":[")" + room_text + R"("],"senderId":"mallory","seq":99,"id":"x")"));
  REQUIRE(made);
  CHECK(made->conversation == room);
  CHECK(made->content == "hi");
  CHECK(made->client_message_id == "k");
  CHECK(made->reply_to.value == room.value);
  CHECK(made->attachments == std::vector{room.value});
}

TEST_CASE("what is optional in a post may be missing or null", "[net][bind]") {
  const auto made = bind_post(
      with_room(R"(,"content":"hi","clientMessageId":null,"replyTo":null,"attachmentIds":null)"));
  REQUIRE(made);
  CHECK(made->client_message_id.empty());
  CHECK(made->reply_to.is_nil());
  CHECK(made->attachments.empty());
  CHECK(bind_post(with_room("")));
}

TEST_CASE("a post with a field of the wrong kind is refused", "[net][bind]") {
  for (const auto* more :
       {R"(,"content":5)", R"(,"clientMessageId":5)", R"(,"clientMessageId":"")",
        R"(,"clientMessageId":"a b")", R"(,"replyTo":"x")", R"(,"replyTo":5)",
        R"(,"attachmentIds":"x")", R"(,"attachmentIds":["x"])", R"(,"attachmentIds":[1])",
        R"(,"attachmentIds":["0190f000-0000-7000-8000-000000000001",)"
        R"("0190F000-0000-7000-8000-000000000001"])"}) {
    INFO(more);
    CHECK_FALSE(refusal(bind_post(with_room(more))).empty());
  }
  CHECK_FALSE(bind_post(with_room(R"(,"clientMessageId":")" + std::string(65, 'x') + "\"")));
  CHECK(bind_post(with_room(R"(,"clientMessageId":")" + std::string(64, 'x') + "\"")));
  CHECK(refusal(bind_post(json::parse("{}"))) == "conversationId is missing");
  CHECK(refusal(bind_post(json::array())) == "an object is expected");
}

TEST_CASE("an id that is no GUID is answered like one that does not exist", "[net][bind]") {
  const auto made = bind_post(json::parse(R"({"conversationId":"17","content":"x"})"));
  REQUIRE(made);
  CHECK(made->conversation.is_nil());
}

TEST_CASE("a conversation's type is a name in any case or a number", "[net][bind]") {
  using enum chat::conversation_type;
  const std::pair<const char*, chat::conversation_type> table[] = {
      {"\"Direct\"", direct}, {"\"group\"", group}, {"\"GROUP\"", group},
      {"1", direct},          {"2", group},         {"\"ProfessionalPatient\"", professional_patient}};
  for (const auto& [text, type] : table) {
    INFO(text);
    const auto made = bind_create(
        json::parse(std::string{R"({"participantIds":["bob"],"type":)"} + text + "}"));
    REQUIRE(made);
    CHECK(made->type == type);
    CHECK(made->participants == std::vector{bob});
    CHECK_FALSE(made->caller_must_be_listed);
  }
  for (const auto* text : {"\"Nonsense\"", "9", "-1", "2.0", "true", "[]", "null"})
    CHECK_FALSE(bind_create(json::parse(std::string{R"({"type":)"} + text + "}")));
  CHECK_FALSE(bind_create(json::parse("{}")));
  CHECK_FALSE(bind_create(json::parse("[]")));
  CHECK_FALSE(bind_create(json{}));
}

TEST_CASE("the guide's form of create names both participants", "[net][bind]") {
  const auto made = bind_create(
      json::parse(R"({"participant1Id":"alice","participant2Id":"bob","caseId":"c","title":"t"})"));
  REQUIRE(made);
  CHECK(made->type == chat::conversation_type::professional_patient);
  CHECK(made->participants == std::vector{alice, bob});
  CHECK(made->caller_must_be_listed);
  CHECK(made->case_id == "c");
  CHECK(made->title == "t");
  CHECK_FALSE(bind_create(json::parse(R"({"participant1Id":"alice"})")));
  CHECK_FALSE(bind_create(json::parse(R"({"participant1Id":"alice","participant2Id":2})")));
}

TEST_CASE("user ids are bounded in number and form", "[net][bind]") {
  CHECK(bind_users(json::parse(R"(["alice","bob"])"), 2)->size() == 2);
  CHECK(bind_users(json::array(), 2)->empty());
  for (const auto* text : {R"(["a","b","c"])", R"("alice")", "{}", "null", "[1]", R"([""])",
                           R"(["a b"])", "[[\"a\"]]"})
    CHECK_FALSE(bind_users(json::parse(text), 2));
}

TEST_CASE("a stretch is asked for by at most one of three seqs", "[net][bind]") {
  const auto newest = bind_stretch(with_room(""));
  REQUIRE(newest);
  CHECK(newest->conversation == room);
  CHECK(newest->limit == 50);
  CHECK_FALSE(newest->after_given);
  const auto after = bind_stretch(with_room(R"(,"after":0,"limit":200)"));
  REQUIRE(after);
  CHECK(after->after_given);
  CHECK(after->limit == 200);
  CHECK(bind_stretch(with_room(R"(,"around":7,"before":null)"))->around == 7);
  for (const auto* more : {R"(,"before":1,"after":2)", R"(,"around":1,"after":2)",
                           R"(,"before":1,"around":2)", R"(,"limit":0)", R"(,"limit":201)",
                           R"(,"before":-1)", R"(,"before":1.5)", R"(,"before":"1")"})
    CHECK_FALSE(bind_stretch(with_room(more)));
}

TEST_CASE("a chat list is asked for in pages", "[net][bind]") {
  CHECK(bind_list(json{})->limit == 50);
  CHECK(bind_list(json::object())->limit == 50);
  CHECK_FALSE(bind_list(json::object())->before);
  const auto made = bind_list(
      json::parse(R"({"limit":200,"before":"2024-01-01T12:00:00.007Z|)" + room_text + "\"}"));
  REQUIRE((made && made->before));
  CHECK(made->before->last_activity_at == after_noon(7));
  CHECK(made->before->id == room);
  for (const auto* text : {R"({"limit":0})", R"({"limit":201})", R"({"limit":"5"})",
                           R"({"before":"x"})", R"({"before":5})", "[]"})
    CHECK_FALSE(bind_list(json::parse(text)));
}

TEST_CASE("a list mark is exactly what a row gave", "[net][bind]") {
  const auto mark = [](const std::string& time) { return parse_list_mark(time + "|" + room_text); };
  CHECK(mark("1970-01-01T00:00:00.001Z")->last_activity_at == chat::timestamp{1});
  CHECK(mark("2024-02-29T23:59:59.999Z")->last_activity_at ==
        chat::timestamp{1'709'251'199'999});
  for (const auto* time :
       {"", "2024-01-01", "2024-02-30T00:00:00.000Z", "2024-13-01T00:00:00.000Z",
        "2023-02-29T00:00:00.000Z", "2024-01-01T12:00:00Z", "1969-12-31T23:59:59.999Z"})
    CHECK_FALSE(mark(time));
  CHECK_FALSE(parse_list_mark("2024-01-01T12:00:00.000Z|x"));
  CHECK_FALSE(parse_list_mark("2024-01-01T12:00:00.000Z"));
}

TEST_CASE("a list mark with more in or behind it is refused", "[net][bind]") {
  CHECK_FALSE(parse_list_mark("2024-01-01T12:00:00.000Z|" + room_text + "x"));
  CHECK_FALSE(parse_list_mark("2024-01-01T25:00:00.000Z|" + room_text));
  CHECK_FALSE(parse_list_mark("2024-01-01T12:00:-1.000Z|" + room_text));
}

TEST_CASE("catch-up takes at most 100 positions", "[net][bind]") {
  auto list = json::array();
  const auto position = [] {
    return json{{"conversationId", to_string(chat::system_ids().next(noon))}, {"afterSeq", 3U}};
  };
  for (int i = 0; i < 100; ++i) list.push_back(position());
  REQUIRE(refusal(bind_catch_up(list)).empty());
  CHECK(bind_catch_up(list)->conversations.size() == 100);
  CHECK(bind_catch_up(list)->conversations[0].after_seq == 3);
  CHECK(bind_catch_up(list)->conversations[0].after_id.is_nil());
  list.push_back(position());
  CHECK_FALSE(bind_catch_up(list));
  CHECK(bind_catch_up(json::array())->conversations.empty());
  for (const auto* more : {"", R"(,"afterSeq":-1)", R"(,"afterSeq":"3")", R"(,"afterSeq":null)"})
    CHECK_FALSE(bind_catch_up(json::array({with_room(more)})));
  CHECK_FALSE(bind_catch_up(json::parse("[5]")));
  CHECK_FALSE(bind_catch_up(json::object()));
}

TEST_CASE("catch-up names each conversation once", "[net][bind]") {
  auto list = json::array({with_room(R"(,"afterSeq":3)"), with_room(R"(,"afterSeq":4)")});
  CHECK(refusal(bind_catch_up(list)) == "a conversation is named twice");
  // Ids that are none cannot exist: each is answered so.
  list = json::array({{{"conversationId", "1"}, {"afterSeq", 0U}},
                      {{"conversationId", "2"}, {"afterSeq", 0U}}});
  CHECK(bind_catch_up(list));
}

TEST_CASE("an afterId that is no id matches no entry", "[net][bind]") {
  const auto made = bind_catch_up(json::array({with_room(R"(,"afterSeq":3,"afterId":"nonsense")")}));
  REQUIRE(made);
  CHECK_FALSE(made->conversations[0].after_id.is_nil());
}

TEST_CASE("names are read in any case, the documented spelling first", "[net][bind]") {
  const auto limit_of = [](const std::string& fields) {
    return bind_list(json::parse("{" + fields + "}"))->limit;
  };
  CHECK(limit_of(R"("LIMIT":7)") == 7);
  CHECK(limit_of(R"("Limit":7,"limit":8)") == 8);
  CHECK(limit_of(R"("limit":8,"Limit":7)") == 8);
  CHECK(limit_of(R"("LIMIT":7,"Limit":8)") == 7);
  CHECK(limit_of(R"("Limit":7,"limit":null)") == 50);
  CHECK(limit_of(R"("limits":7,"limi":8)") == 50);
  CHECK(bind_create(json::parse(R"({"TYPE":"group","ParticipantIds":["bob"]})"))->participants.size() ==
        1);
}

TEST_CASE("a walk through history goes one way", "[net][bind]") {
  const auto walk = [](const std::string& more) {
    return bind_history_walk(json::parse(R"({"conversationId":"x")" + more + "}"));
  };
  CHECK_FALSE(walk("")->descending);
  CHECK(walk("")->from == 0);
  CHECK(walk("")->limit == 0);
  CHECK(walk(R"(,"after":5,"limit":9)")->from == 5);
  CHECK(walk(R"(,"before":5)")->descending);
  for (const auto* bad : {R"(,"before":5,"after":1)", R"(,"around":5)", R"(,"before":0)",
                          R"(,"limit":0)", R"(,"after":-1)", R"(,"after":"1")"}) {
    INFO(bad);
    CHECK_FALSE(walk(bad));
  }
  CHECK_FALSE(bind_history_walk(json::object()));
}
