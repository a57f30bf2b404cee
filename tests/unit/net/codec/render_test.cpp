#include "net/codec/render.hpp"

#include <catch2/catch.hpp>

#include "net/codec/render_people.hpp"
#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::net::codec;
using namespace parley::test;

namespace {

const std::string message_text = "018cc4e5-2200-7000-8000-00000000000a";
const std::string room_text = "018cc4e5-2200-7000-8000-00000000000b";
const auto message_id = *chat::message_id::parse(message_text);
const auto room = *chat::conversation_id::parse(room_text);

auto some_message() -> chat::entry {
  chat::entry m;
  m.conversation = room;
  m.seq = 7;
  m.ordinal = 5;
  m.id = message_id;
  m.actor = alice;
  m.content = "hello";
  m.created_at = noon;
  return m;
}

auto shown(const chat::event& what) -> std::string {
  const auto made = render_event(what);
  return std::string{made.target} + dump(made.arguments);
}

auto info() -> chat::conversation_info {
  chat::conversation_info made;
  made.id = room;
  made.created_by = alice;
  made.created_at = noon;
  return made;
}

}  // namespace

TEST_CASE("a message is told in the guide's shape", "[net][render]") {
  CHECK(shown(chat::message_posted{chat::conversation_type::group, "Alice", some_message()}) ==
        "MessageReceived[{\"messageId\":\"" + message_text + "\",\"conversationId\":\"" + room_text +
            "\",\"senderId\":\"alice\",\"content\":\"hello\",\"status\":\"Sent\","
            "\"createdAt\":\"2024-01-01T12:00:00.000Z\",\"seq\":7}]");
}

TEST_CASE("a message carries what it has only sometimes", "[net][render]") {
  auto m = some_message();
  m.reply_to = message_id;
  m.edited_at = after_noon(1);
  m.deleted_at = after_noon(2);
  const auto out =
      render_event(chat::message_posted{chat::conversation_type::group, "", m}).arguments[0];
  CHECK(out["replyTo"] == message_text);
  CHECK(out["editedAt"] == "2024-01-01T12:00:00.001Z");
  CHECK(out["deletedAt"] == "2024-01-01T12:00:00.002Z");
}

TEST_CASE("a message shows its files, and no key without them", "[net][render]") {
  auto m = some_message();
  const auto shown = [&] {
    return render_event(chat::message_posted{chat::conversation_type::group, "", m}).arguments[0];
  };
  CHECK_FALSE(shown().contains("attachments"));
  m.attachments = {{message_id.value, "a b.png", "image/png", 5'000'000'000, "/x?y"},
                   {message_id.value, "off", "image/png", 0, ""}};
  CHECK(shown()["attachments"] ==
        json::array({{{"id", message_text},
                      {"fileName", "a b.png"},
                      {"contentType", "image/png"},
                      {"size", 5'000'000'000},
                      {"url", "/x?y"}},
                     {{"id", message_text},
                      {"fileName", "off"},
                      {"contentType", "image/png"},
                      {"size", 0},
                      {"url", nullptr}}}));
}

TEST_CASE("an image shows its size", "[net][render]") {
  auto m = some_message();
  m.attachments = {{message_id.value, "a.png", "image/png", 5, "/x", 640, 480}};
  const auto file = render(chat::message_view{m, {}, {}, {}})["attachments"][0];
  CHECK(file["width"] == 640);
  CHECK(file["height"] == 480);
}

TEST_CASE("a reply shows what it answers", "[net][render]") {
  auto m = some_message();
  m.reply_to = message_id;
  m.quoted = std::make_shared<const chat::quote>(chat::quote{message_id, 3, bob, "words", false});
  const auto expected = "{\"messageId\":\"" + message_text +
                        "\",\"seq\":3,\"senderId\":\"bob\",\"content\":\"words\",\"deleted\":false}";
  const chat::message_posted event{chat::conversation_type::group, "", m};
  CHECK(dump(render_event(event).arguments[0]["replyToMessage"]) == expected);
  CHECK(dump(render(chat::message_view{m, {}, {}, {}})["replyToMessage"]) == expected);
}

TEST_CASE("a sender's own id of a message is for the sender", "[net][render]") {
  auto m = some_message();
  m.client_message_id = "mine";
  const chat::message_posted event{chat::conversation_type::group, "", m};
  CHECK_FALSE(render_event(event).arguments[0].contains("clientMessageId"));
  const auto own = json::parse(json_text([&](writer& to) { write_own_message(to, event); }));
  CHECK(own[0]["clientMessageId"] == "mine");
  // Whoever makes a page or a CatchUp has taken others' out.
  CHECK(render(chat::message_view{m, {}, {}, {}})["clientMessageId"] == "mine");
  chat::caught_up caught;
  caught.info = info();
  caught.entries.push_back(m);
  CHECK(render(std::vector{caught})[0]["events"][0]["data"]["clientMessageId"] == "mine");
}

TEST_CASE("a stretch tells changes when they were asked for", "[net][render]") {
  chat::stretch page{{}, true};
  CHECK(dump(render(page)) == R"({"messages":[],"hasMore":true})");
  page.tells_changes = true;
  page.info = info();
  auto change = some_message();
  change.kind = chat::entry_kind::title;
  page.changes = {change};
  CHECK(render(page)["changes"][0]["event"] == "TitleChanged");
  CHECK(render(page)["changes"][0]["data"]["title"] == "hello");
}

TEST_CASE("joins of many say which were refused, and why", "[net][render]") {
  const std::vector<chat::joined> all{{room, chat::errc::none}, {room, chat::errc::not_found}};
  CHECK(dump(render(chat::result{all})) == "[{\"conversationId\":\"" + room_text +
                                               "\",\"ok\":true},{\"conversationId\":\"" + room_text +
                                               "\",\"ok\":false,\"code\":\"not_found\"}]");
}

TEST_CASE("members are told a page at a time", "[net][render]") {
  chat::member_page page;
  page.participants = {{{alice, "Alice", "", "", ""}, chat::member_role::owner, noon}};
  const auto one = "{\"userId\":\"alice\",\"displayName\":\"Alice\",\"profilePictureUrl\":null,"
                   "\"role\":\"owner\",\"joinedAt\":\"2024-01-01T12:00:00.000Z\"}";
  CHECK(dump(render(page)) == std::string{"{\"participants\":["} + one + "],\"next\":null}");
  page.next = {noon, alice};
  CHECK(render(page)["next"] == std::to_string(noon.ms) + "|alice");
}

TEST_CASE("an invite says how often and how long it is good", "[net][render]") {
  chat::invite one{"code", room, alice, noon, {}, false, 0};
  CHECK(dump(render(one)) == "{\"code\":\"code\",\"conversationId\":\"" + room_text +
                                 "\",\"createdBy\":\"alice\",\"createdAt\":\"2024-01-01T12:00:00.000Z\","
                                 "\"expiresAt\":null,\"usesLeft\":null}");
  one.is_counted = true;
  CHECK(render(one)["usesLeft"] == 0);
  CHECK(dump(render(chat::invite_preview{"", 2, ""})) ==
        R"({"title":null,"memberCount":2,"invitedBy":null})");
}

TEST_CASE("a notification previews the first 100 units", "[net][render]") {
  auto m = some_message();
  for (int i = 0; i < 33; ++i) m.content += "abc";
  m.content = m.content.substr(0, 99) + "\xf0\x9f\x98\x80";
  const auto made =
      render_notification(chat::message_posted{chat::conversation_type::group, "", m});
  CHECK(made.target == std::string{"NewMessageNotification"});
  CHECK(dump(made.arguments) == "[{\"conversationId\":\"" + room_text +
                                    "\",\"senderId\":\"alice\",\"preview\":\"" +
                                    m.content.substr(0, 99) + "\",\"messageId\":\"" + message_text +
                                    "\",\"seq\":7,\"mention\":false}]");
}

TEST_CASE("changes of a message are told", "[net][render]") {
  CHECK(shown(chat::message_edited{room, message_id, "new", noon, 8}) ==
        "MessageEdited[{\"messageId\":\"" + message_text + "\",\"conversationId\":\"" + room_text +
            "\",\"content\":\"new\",\"editedAt\":\"2024-01-01T12:00:00.000Z\",\"seq\":8}]");
  CHECK(shown(chat::message_deleted{room, message_id, 9}) ==
        "MessageDeleted[{\"messageId\":\"" + message_text + "\",\"conversationId\":\"" + room_text +
            "\",\"seq\":9}]");
  CHECK(shown(chat::message_deleted{room, message_id, 0}) ==
        "MessageDeleted[{\"messageId\":\"" + message_text + "\",\"conversationId\":\"" + room_text +
            "\"}]");
}

TEST_CASE("receipts say who, how far and when", "[net][render]") {
  CHECK(shown(chat::receipt{room, chat::message_status::read, bob, 7, noon}) ==
        "MessagesRead[{\"conversationId\":\"" + room_text +
            "\",\"readBy\":\"bob\",\"upToSeq\":7,\"readAt\":\"2024-01-01T12:00:00.000Z\"}]");
  CHECK(shown(chat::receipt{room, chat::message_status::delivered, bob, 7, noon}) ==
        "MessagesDelivered[{\"conversationId\":\"" + room_text +
            "\",\"deliveredBy\":\"bob\",\"upToSeq\":7,"
            "\"deliveredAt\":\"2024-01-01T12:00:00.000Z\"}]");
}

TEST_CASE("typing and presence take plain arguments", "[net][render]") {
  CHECK(shown(chat::typing_changed{room, bob, true}) == "UserTyping[\"" + room_text + "\",\"bob\"]");
  CHECK(shown(chat::typing_changed{room, bob, false}) ==
        "UserStoppedTyping[\"" + room_text + "\",\"bob\"]");
  CHECK(shown(chat::presence_changed{bob, true}) == "UserOnline[\"bob\"]");
  CHECK(shown(chat::presence_changed{bob, false}) == "UserOffline[\"bob\"]");
}

TEST_CASE("changes of a conversation are told", "[net][render]") {
  CHECK(shown(chat::conversation_created{info(), {alice, bob}, 1}) ==
        "ConversationCreated[{\"conversationId\":\"" + room_text +
            "\",\"type\":\"Group\",\"title\":null,\"participants\":[\"alice\",\"bob\"],"
            "\"createdBy\":\"alice\",\"createdAt\":\"2024-01-01T12:00:00.000Z\",\"seq\":1}]");
  CHECK(shown(chat::participants_added{room, {bob, carol}, alice, 3}) ==
        "ParticipantsAdded[{\"conversationId\":\"" + room_text +
            "\",\"userIds\":[\"bob\",\"carol\"],\"addedBy\":\"alice\",\"seq\":3}]");
  CHECK(shown(chat::participants_added{room, {bob}, alice, 3}) ==
        "ParticipantsAdded[{\"conversationId\":\"" + room_text +
            "\",\"userIds\":[\"bob\"],\"addedBy\":\"alice\",\"seq\":3}]");
  CHECK(shown(chat::participant_removed{room, bob, alice, 4}) ==
        "ParticipantRemoved[{\"conversationId\":\"" + room_text +
            "\",\"userId\":\"bob\",\"removedBy\":\"alice\",\"seq\":4}]");
}

TEST_CASE("results have their shapes", "[net][render]") {
  CHECK(render(chat::result{chat::done{}}).is_null());
  CHECK(dump(render(chat::result{chat::posted{message_id, 7, noon}})) ==
        "{\"messageId\":\"" + message_text +
            "\",\"seq\":7,\"createdAt\":\"2024-01-01T12:00:00.000Z\"}");
  CHECK(dump(render(chat::result{chat::created_conversation{room}})) ==
        "{\"conversationId\":\"" + room_text + "\"}");
  CHECK(dump(render(chat::result{chat::signed_in{{bob, {}, {}, {}, {}}, {}}})) == R"({"userId":"bob"})");
  CHECK(dump(render(std::vector<chat::presence_of>{{alice, true, {}}, {bob, false, noon}})) ==
        R"([{"userId":"alice","online":true,"lastSeenAt":null},)"
        R"({"userId":"bob","online":false,"lastSeenAt":"2024-01-01T12:00:00.000Z"}])");
}

TEST_CASE("a page counts its pages", "[net][render]") {
  chat::page page;
  page.size = 50;
  CHECK(dump(render(page)) ==
        R"({"messages":[],"pageNumber":1,"pageSize":50,"totalCount":0,"totalPages":0})");
  for (const auto& [total, pages] :
       {std::pair{1, 1}, std::pair{50, 1}, std::pair{51, 2}, std::pair{100, 2}}) {
    page.total = static_cast<std::uint64_t>(total);
    CHECK(render(page)["totalPages"] == pages);
  }
  page.messages.push_back({some_message(), chat::message_status::delivered, noon, {}});
  CHECK(dump(render(page)["messages"][0]) ==
        "{\"id\":\"" + message_text +
            "\",\"senderId\":\"alice\",\"content\":\"hello\",\"status\":\"Delivered\","
            "\"createdAt\":\"2024-01-01T12:00:00.000Z\","
            "\"deliveredAt\":\"2024-01-01T12:00:00.000Z\",\"readAt\":null,\"seq\":7}");
}

TEST_CASE("a row of the chat list has nulls for what is unknown", "[net][render]") {
  chat::chat_list_row row;
  row.info = info();
  row.unread_count = 2;
  row.last_activity_at = noon;
  row.participants = {{{alice, "Alice", "", "", ""}, chat::member_role::owner}};
  row.participant_count = 1;
  row.last_seq = 9;
  row.read_seq = 7;
  CHECK(dump(render(chat::chat_list{row})) ==
        "[{\"id\":\"" + room_text +
            "\",\"otherParticipantId\":null,\"otherParticipantFirstName\":null,"
            "\"otherParticipantLastName\":null,\"otherParticipantProfilePictureUrl\":null,"
            "\"lastMessage\":null,\"unreadCount\":2,"
            "\"lastActivityAt\":\"2024-01-01T12:00:00.000Z\",\"type\":\"Group\",\"title\":null,"
            "\"caseId\":null,\"participantCount\":1,\"participants\":[{\"userId\":\"alice\",\"displayName\":\"Alice\","
            "\"firstName\":\"Alice\",\"lastName\":null,\"profilePictureUrl\":null,"
            "\"role\":\"owner\"}],\"lastSeq\":9,\"readSeq\":7,\"muted\":false,\"cursors\":null}]");
  row.info.type = chat::conversation_type::direct;
  row.other_cursors = {8, noon, 6, noon};
  CHECK(dump(render(chat::chat_list{row})[0]["cursors"]) == R"({"deliveredSeq":8,"readSeq":6})");
  row.last_message = some_message();
  CHECK(render(chat::chat_list{row})[0]["lastMessage"]["content"] == "hello");
}

TEST_CASE("catch-up tells entries as events, and cursors", "[net][render]") {
  chat::caught_up one;
  one.conversation = room;
  one.recovered = true;
  one.info = info();
  one.last_seq = 8;
  one.entries.push_back(some_message());
  one.cursors.push_back({bob, {7, noon, 6, noon}});
  const auto out = render(std::vector{one})[0];
  CHECK(out["recovered"] == true);
  CHECK(out["lastSeq"] == 8);
  CHECK(out["events"][0]["event"] == "MessageReceived");
  CHECK(out["events"][0]["seq"] == 7);
  CHECK(out["events"][0]["data"]["content"] == "hello");
  CHECK(dump(out["cursors"]) == R"([{"userId":"bob","deliveredSeq":7,"readSeq":6}])");
}
