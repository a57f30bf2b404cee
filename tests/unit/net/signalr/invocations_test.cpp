#include "net/signalr/invocations.hpp"

#include <catch2/catch.hpp>

#include "tests/support/hub_client.hpp"

using namespace parley;
using namespace parley::test;
using records = std::vector<std::string>;

namespace {

auto void_completion(const std::string& id) {
  return R"({"type":3,"invocationId":")" + id + R"(","result":null})";
}

auto posted(std::uint64_t seq) -> chat::outcome {
  return chat::outcome{chat::result{chat::posted{{}, seq, noon}}};
}

auto posted_completion(const std::string& id, std::uint64_t seq) {
  return R"({"type":3,"invocationId":")" + id +
         R"(","result":{"messageId":"00000000-0000-0000-0000-000000000000","seq":)" +
         std::to_string(seq) + R"(,"createdAt":"2024-01-01T12:00:00.000Z"}})";
}

}  // namespace

TEST_CASE("sends are pipelined and matched by id", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  for (const auto* id : {"a", "b", "c"}) c.send(id);
  REQUIRE(c.host.asked_for.size() == 3);
  c.answer(1, posted(3));
  c.answer(0, posted(2));
  c.refuse(2, chat::errc::too_long, "text is longer than 5000 UTF-16 units");
  CHECK(c.transport.take() ==
        records{posted_completion("b", 3), posted_completion("a", 2),
                R"({"type":3,"invocationId":"c","error":"An unexpected error occurred invoking )"
                R"('Send' on the server. HubException: too_long: text is longer than 5000 )"
                R"(UTF-16 units"})"});
}

TEST_CASE("other methods run alone, in arrival order", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  c.send("1");
  c.invoke("2", "MarkRead", R"(["x"])");
  c.send("3");
  c.send("4");
  c.invoke("5", "JoinConversation", R"(["x"])");
  CHECK(c.host.asked_for.size() == 1);
  c.answer(0, posted(2));
  CHECK(c.host.asked_for.size() == 2);
  c.answer(1);
  CHECK(c.host.asked_for.size() == 4);
  c.answer(3, posted(4));
  CHECK(c.host.asked_for.size() == 4);
  c.answer(2, posted(3));
  REQUIRE(c.host.asked_for.size() == 5);
  CHECK(std::holds_alternative<chat::join>(c.host.asked_for[4].what));
}

TEST_CASE("an invocation that cannot be bound is answered in its place", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  c.invoke("1", "JoinConversation", R"(["x"])");
  c.invoke("2", "JoinConversation", "[]");
  c.invoke("3", "JoinConversation", R"(["y"])");
  CHECK(c.transport.take().empty());
  c.answer(0);
  CHECK(c.transport.take() ==
        records{void_completion("1"),
                R"({"type":3,"invocationId":"2","error":"Failed to invoke 'JoinConversation' due )"
                R"(to an error on the server."})"});
  CHECK(c.host.asked_for.size() == 2);
}

TEST_CASE("an invocation without an id is run and never answered", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  c.record(R"({"type":1,"target":"JoinConversation","arguments":["x"]})");
  c.record(R"({"type":1,"target":"JoinConversation","arguments":["x"],"invocationId":null})");
  c.record(R"({"type":1,"target":"JoinConversation","arguments":["x"],"invocationId":""})");
  c.record(R"({"type":1,"target":"JoinConversation","arguments":[]})");
  c.record(R"({"type":1,"target":"NoSuchMethod","arguments":[]})");
  for (std::size_t i = 0; i < 2; ++i) c.answer(i);
  c.refuse(2, chat::errc::not_found, "no such conversation");
  CHECK(c.host.asked_for.size() == 3);
  CHECK(c.transport.take().empty());
}

TEST_CASE("methods are found in any case and named as the client named them", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  c.invoke("1", "joinCONVERSATION", R"(["x"])");
  CHECK(c.host.asked_for.size() == 1);
  c.refuse(0, chat::errc::not_found, "no such conversation");
  CHECK(c.transport.take() ==
        records{R"({"type":3,"invocationId":"1","error":"An unexpected error occurred invoking )"
                R"('joinCONVERSATION' on the server. HubException: not_found: no such )"
                R"(conversation"})"});
}

TEST_CASE("detailed errors name the binding failure", "[net][hub]") {
  hub_client c;
  c.host.settings.hub.detailed_errors = true;
  c.shake_hands();
  c.invoke("1", "JoinConversation", R"(["x",1])");
  c.invoke("2", "JoinConversation", R"([5])");
  const auto got = c.transport.take();
  REQUIRE(got.size() == 2);
  CHECK(got[0].find("InvalidDataException: Invocation provides 2 argument(s) but target expects "
                    "1.") != std::string::npos);
  CHECK(got[1].find("InvalidDataException: Error binding arguments. Make sure") !=
        std::string::npos);
}

TEST_CASE("a lone surrogate in arguments is a binding failure", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  c.send("1", R"(\ud800)");
  CHECK(c.host.asked_for.empty());
  CHECK(c.transport.take() ==
        records{R"({"type":3,"invocationId":"1","error":"Failed to invoke 'Send' due to an error )"
                R"(on the server."})"});
  CHECK(c.transport.ends.empty());
}

TEST_CASE("streaming is refused in words and the connection lives", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  c.record(R"({"type":4,"target":"Send","arguments":[{}],"invocationId":"s"})");
  c.record(R"({"type":1,"target":"Send","arguments":[{}],"invocationId":"1","streamIds":["u"]})");
  c.record(R"({"type":2,"invocationId":"u","item":null})");
  c.record(R"({"type":3,"invocationId":"u"})");
  c.record(R"({"type":5,"invocationId":"s"})");
  CHECK(c.transport.take() ==
        records{R"({"type":3,"invocationId":"s","error":"The client attempted to invoke the )"
                R"(non-streaming 'Send' method with a streaming invocation."})",
                R"({"type":3,"invocationId":"1","error":"An unexpected error occurred invoking )"
                R"('Send' on the server. HubException: Client sent 1 stream(s), Hub method )"
                R"(expects 0."})"});
  CHECK(c.transport.ends.empty());
}

TEST_CASE("records of the future and of stateful reconnect are skipped", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  c.record(R"({"type":42,"anything":[1]})");
  c.record(R"({"type":8,"sequenceId":1})");
  c.record(R"({"type":9,"sequenceId":1})");
  CHECK(c.transport.take().empty());
  CHECK(c.transport.ends.empty());
}

// -- bounds -----------------------------------------------------------------------------------------

TEST_CASE("at the bound of pending invocations reading stops until there is room", "[net][hub]") {
  hub_client c;
  c.host.settings.hub.max_pending_invocations = 4;
  c.shake_hands();
  std::string chunk;
  for (int i = 0; i < 6; ++i)
    chunk += "{\"type\":1,\"target\":\"JoinConversation\",\"arguments\":[\"x\"],\"invocationId\":\"" +
             std::to_string(i) + "\"}\x1e";
  c.write(chunk);
  CHECK_FALSE(c.transport.is_reading);
  CHECK(c.host.asked_for.size() == 1);
  c.answer(0);
  CHECK_FALSE(c.transport.is_reading);
  c.answer(1);
  CHECK_FALSE(c.transport.is_reading);
  c.answer(2);
  CHECK(c.transport.is_reading);
  for (std::size_t i = 3; i < 6; ++i) c.answer(i);
  REQUIRE(c.host.asked_for.size() == 6);
  records expected;
  for (int i = 0; i < 6; ++i) expected.push_back(void_completion(std::to_string(i)));
  CHECK(c.transport.take() == expected);
  CHECK(c.transport.resumes == 1);
}

TEST_CASE("pipelined sends count towards the bound", "[net][hub]") {
  hub_client c;
  c.host.settings.hub.max_pending_invocations = 3;
  c.shake_hands();
  for (int i = 0; i < 3; ++i) c.send(std::to_string(i));
  CHECK(c.host.asked_for.size() == 3);
  CHECK_FALSE(c.transport.is_reading);
  c.answer(1, posted(2));
  CHECK(c.transport.is_reading);
}

TEST_CASE("while the transport is congested no call starts", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  c.transport.congested = true;
  c.invoke("1", "JoinConversation", R"(["x"])");
  CHECK(c.host.asked_for.empty());
  c.transport.congested = false;
  c.connection->on_drained();
  CHECK(c.host.asked_for.size() == 1);
}
