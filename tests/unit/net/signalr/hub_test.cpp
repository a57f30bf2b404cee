#include "net/signalr/hub.hpp"

#include <catch2/catch.hpp>

#include "net/chat_hub/chat_hub.hpp"
#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::net::signalr;
using chat::errc;

namespace {

const std::string room = "00000000-0000-7000-8000-0000000000aa";

/// The command that an invocation with these arguments means.
auto bound(const char* method, const std::string& arguments) -> chat::expected<chat::request> {
  const auto* found = net::chat_hub().find(method);
  REQUIRE(found != nullptr);
  auto fitted = fit_arguments(*found, json::parse(arguments));
  if (!fitted) return chat::unexpected{fitted.error()};
  return found->bind(*fitted);
}

template <class Command>
auto command(const char* method, const std::string& arguments) -> Command {
  auto made = bound(method, arguments);
  INFO(method << arguments);
  REQUIRE(made);
  REQUIRE(std::holds_alternative<Command>(*made));
  return std::get<Command>(*made);
}

}  // namespace

TEST_CASE("each hub method becomes its command", "[net][hub]") {
  const auto id = *chat::conversation_id::parse(room);
  const auto quoted = "\"" + room + "\"";
  CHECK(command<chat::join>("JoinConversation", "[" + quoted + "]").conversation == id);
  CHECK(command<chat::leave_live>("LeaveConversation", "[" + quoted + "]").conversation == id);
  CHECK(command<chat::typing>("StartTyping", "[" + quoted + "]").active);
  CHECK_FALSE(command<chat::typing>("StopTyping", "[" + quoted + "]").active);
  const auto read = command<chat::mark>("MarkRead", "[" + quoted + ",7]");
  CHECK(read.status == chat::message_status::read);
  CHECK(read.up_to_seq == 7);
  CHECK(command<chat::mark>("MarkDelivered", "[" + quoted + "]").up_to_seq == 0);
  CHECK(command<chat::mark>("MarkDelivered", "[" + quoted + ",null]").status ==
        chat::message_status::delivered);
  CHECK(command<chat::post>("Send", R"([{"conversationId":)" + quoted + R"(,"content":"x"}])")
            .content == "x");
  CHECK(command<chat::edit_message>("EditMessage", "[" + quoted + R"(,"new"])").content == "new");
  CHECK_FALSE(command<chat::delete_message>("DeleteMessage", "[" + quoted + "]").message.is_nil());
  CHECK(command<chat::set_role>("SetRole", "[" + quoted + R"(,"bob","admin"])").role ==
        chat::member_role::admin);
  CHECK(command<chat::add_participants>("AddParticipants", "[" + quoted + R"(,["bob"]])").users ==
        std::vector{test::bob});
  CHECK(command<chat::remove_participant>("RemoveParticipant", "[" + quoted + R"(,"bob"])").user ==
        test::bob);
  CHECK(command<chat::remove_participant>("Leave", "[" + quoted + "]").user.value.empty());
  CHECK(command<chat::list_conversations>("GetConversations", "[]").limit == 50);
  CHECK(command<chat::list_conversations>("GetConversations", "[null]").limit == 50);
  CHECK(command<chat::read_stretch>("GetMessages", R"([{"conversationId":)" + quoted + "}]").limit ==
        50);
  CHECK(command<chat::catch_up_all>("CatchUp", R"([[{"conversationId":)" + quoted +
                                                   R"(,"afterSeq":3}]])")
            .conversations.size() == 1);
  CHECK(command<chat::get_presence>("GetPresence", R"([["bob"]])").users.size() == 1);
}

TEST_CASE("only sends are pipelined among the messaging methods", "[net][hub]") {
  CHECK(net::chat_hub().find("Send")->pipelined);
  for (const auto* name : {"EditMessage", "DeleteMessage", "JoinConversation", "MarkRead",
                           "CreateConversation", "AddParticipants", "GetMessages", "CatchUp"})
    CHECK_FALSE(net::chat_hub().find(name)->pipelined);
}

TEST_CASE("arguments are counted and their kinds checked", "[net][hub]") {
  CHECK(bound("MarkRead", "[]").error().detail ==
        "Invocation provides 0 argument(s) but target expects 2.");
  CHECK(bound("MarkRead", R"(["a",1,2])").error().detail ==
        "Invocation provides 3 argument(s) but target expects 2.");
  for (const auto* arguments : {R"([1])", R"([null])", R"(["a","1"])", R"(["a",1.5])",
                                R"(["a",-1])", R"(["a",true])", R"([["a"]])"}) {
    INFO(arguments);
    const auto made = bound("MarkRead", arguments);
    REQUIRE_FALSE(made);
    CHECK(made.error().detail.starts_with("Error binding arguments."));
  }
}

TEST_CASE("an id that is no GUID is that of nothing", "[net][hub]") {
  CHECK(command<chat::join>("JoinConversation", R"(["nonsense"])").conversation.is_nil());
}

TEST_CASE("removing nobody is refused and does not mean leaving", "[net][hub]") {
  CHECK_FALSE(bound("RemoveParticipant", R"([")" + room + R"(",""])"));
}
