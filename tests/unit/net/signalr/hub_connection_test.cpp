#include "net/signalr/hub_connection.hpp"

#include <catch2/catch.hpp>

#include "tests/support/hub_client.hpp"

using namespace parley;
using namespace parley::test;
using records = std::vector<std::string>;

namespace {

auto void_completion(const std::string& id) {
  return R"({"type":3,"invocationId":")" + id + R"(","result":null})";
}

}  // namespace

TEST_CASE("a handshake opens a session and is answered first", "[net][hub]") {
  hub_client c;
  CHECK(c.host.opened.empty());
  c.record(R"({"protocol":"json","version":1})");
  CHECK(c.transport.sent == records{"{}\x1e"});
  CHECK(c.host.opened == std::vector{alice});
}

TEST_CASE("a classic connection is welcomed behind the handshake", "[net][hub]") {
  hub_client c{net::dialect::classic};
  c.record(R"({"protocol":"json","version":1})");
  CHECK(c.transport.take() ==
        records{"{}", R"({"type":1,"target":"Notify","arguments":["Welcome to the chat!"]})"});
}

TEST_CASE("input may be split at every byte", "[net][hub]") {
  const std::string input =
      "{\"protocol\":\"json\",\"version\":1}\x1e"
      "{\"type\":1,\"target\":\"Send\",\"invocationId\":\"1\",\"arguments\":[{\"conversationId\":"
      "\"00000000-0000-7000-8000-0000000000aa\",\"content\":\"h\xc3\xa9\xf0\x9f\x98\x80\"}]}\x1e"
      "{\"type\":6}\x1e";
  for (std::size_t at = 0; at <= input.size(); ++at) {
    hub_client c;
    c.write(std::string_view{input}.substr(0, at));
    c.write(std::string_view{input}.substr(at));
    REQUIRE(c.host.asked_for.size() == 1);
    CHECK(std::get<chat::post>(c.host.asked_for[0].what).content == "h\xc3\xa9\xf0\x9f\x98\x80");
    CHECK(c.transport.ends.empty());
  }
}

TEST_CASE("input may come one byte at a time", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  const std::string input =
      "{\"type\":1,\"target\":\"MarkRead\",\"arguments\":[\"x\",5]}\x1e{\"type\":6}\x1e"
      "{\"type\":1,\"target\":\"Nothing\",\"arguments\":[],\"invocationId\":\"2\"}\x1e";
  for (const char one : input) c.write({&one, 1});
  CHECK(c.host.asked_for.size() == 1);
  c.answer(0);
  CHECK(c.transport.take() ==
        records{R"({"type":3,"invocationId":"2","error":"Failed to invoke 'Nothing' due to an )"
                R"(error on the server. HubException: Method does not exist."})"});
}

TEST_CASE("a chunk may hold several records, the handshake's too", "[net][hub]") {
  hub_client c;
  c.write(
      "{\"protocol\":\"json\",\"version\":1}\x1e"
      "{\"type\":6}\x1e"
      "{\"type\":1,\"target\":\"JoinConversation\",\"arguments\":[\"x\"],\"invocationId\":\"1\"}\x1e"
      "{\"type\":1,\"target\":\"LeaveConversation\",\"arguments\":[\"x\"]");
  REQUIRE(c.host.asked_for.size() == 1);
  c.answer(0);
  CHECK(c.transport.take() == records{"{}", void_completion("1")});
  c.write("}\x1e");
  CHECK(c.host.asked_for.size() == 2);
}

TEST_CASE("a record at the size limit passes and one above ends the connection", "[net][hub]") {
  const auto record_of = [](std::size_t size) {
    const std::string frame = R"({"type":6,"pad":""})";
    return R"({"type":6,"pad":")" + std::string(size - frame.size() - 1, 'x') + "\"}\x1e";
  };
  hub_client c;
  c.host.settings.hub.max_record_bytes = 1'000;
  c.shake_hands();
  REQUIRE(record_of(1'000).size() == 1'000);
  c.write(record_of(1'000) + record_of(1'000));
  CHECK(c.transport.ends.empty());
  c.write(record_of(1'001));
  CHECK(c.transport.take() == records{closed_with_error});
  CHECK(c.transport.ends == std::vector{false});
}

TEST_CASE("an unfinished record is bounded", "[net][hub]") {
  hub_client c;
  c.host.settings.hub.max_record_bytes = 1'000;
  c.shake_hands();
  c.write(std::string(1'000, 'x'));
  CHECK(c.transport.ends.empty());
  c.write("x");
  CHECK(c.transport.take() == records{closed_with_error});
}

// -- the end ----------------------------------------------------------------------------------------

TEST_CASE("a Close is answered and nothing behind it is run", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  c.write("{\"type\":7}\x1e{\"type\":1,\"target\":\"JoinConversation\",\"arguments\":[\"x\"]}\x1e");
  CHECK(c.transport.take() == records{R"({"type":7})"});
  CHECK(c.transport.ends == std::vector{false});
  CHECK(c.host.asked_for.empty());
  CHECK(c.host.closed == std::vector<std::pair<std::uint64_t, bool>>{{7, true}});
  c.record(R"({"type":1,"target":"JoinConversation","arguments":["x"]})");
  CHECK(c.host.asked_for.empty());
}

TEST_CASE("a malformed record ends the connection and nothing behind it is run", "[net][hub]") {
  const auto bad = GENERATE(as<std::string>{}, "", "x", "[]", "{", "{}", R"({"type":null})",
                            R"({"type":"1"})", R"({"type":1.5})", R"({"type":1})",
                            R"({"type":1,"target":"Send"})", R"({"type":1,"arguments":[]})",
                            R"({"type":7,"error":5})", R"({"type":7,"allowReconnect":1})",
                            R"({"type":1,"target":5,"arguments":[]})",
                            R"({"type":1,"target":"No","arguments":{}})",
                            R"({"type":1,"target":"No","arguments":[],"invocationId":1})",
                            R"({"type":1,"target":"No","arguments":[],"streamIds":[1]})",
                            R"({"type":1,"target":"No","arguments":[],"headers":{"a":1}})",
                            R"({"type":1,"target":"No","arguments":[],})", R"({"type":2})",
                            R"({"type":2,"invocationId":"1"})", R"({"type":3})",
                            R"({"type":3,"invocationId":"1","error":"e","result":1})",
                            R"({"type":4,"target":"Send","arguments":[]})", R"({"type":5})",
                            R"({"type":8})", R"({"type":9})", "{\"type\":6}\n{",
                            "{\"type\":6,\"x\":\"\xed\xa0\x80\"}", "{\"type\":6,\"x\":\"\xff\"}");
  hub_client c;
  c.shake_hands();
  INFO(bad);
  c.write(bad + "\x1e{\"type\":1,\"target\":\"JoinConversation\",\"arguments\":[\"x\"]}\x1e");
  CHECK(c.transport.take() == records{closed_with_error});
  CHECK(c.transport.ends == std::vector{false});
  CHECK(c.host.asked_for.empty());
  CHECK(c.host.closed == std::vector<std::pair<std::uint64_t, bool>>{{7, false}});
}

TEST_CASE("answers after the end are ignored", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  c.send("1");
  c.record(R"({"type":7})");
  c.transport.take();
  c.answer(0);
  c.connection->push(net::frame_ptr{new net::frame{"event", net::wire_format::text}});
  c.connection->shut_down();
  c.connection->on_transport_closed(true);
  CHECK(c.transport.take().empty());
  CHECK(c.transport.ends.size() == 1);
  CHECK(c.host.closed.size() == 1);
}

TEST_CASE("a transport that ends closes the session once, clean or not", "[net][hub]") {
  const auto clean = GENERATE(true, false);
  hub_client c;
  c.shake_hands();
  c.connection->on_transport_closed(clean);
  c.connection->on_transport_closed(!clean);
  c.connection.reset();
  CHECK(c.host.closed == std::vector<std::pair<std::uint64_t, bool>>{{7, clean}});
}

TEST_CASE("a connection that is destroyed closes its session", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  c.connection.reset();
  CHECK(c.host.closed == std::vector<std::pair<std::uint64_t, bool>>{{7, false}});
}

TEST_CASE("a server that stops tells clients to come back", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  c.connection->shut_down();
  CHECK(c.transport.take() == records{R"({"type":7,"allowReconnect":true})"});
  CHECK(c.transport.ends == std::vector{false});
}

TEST_CASE("a server that stops during the handshake only ends", "[net][hub]") {
  hub_client c;
  c.connection->shut_down();
  CHECK(c.transport.take().empty());
  CHECK(c.transport.ends.size() == 1);
  c.record(R"({"protocol":"json","version":1})");
  CHECK(c.host.opened.empty());
}

TEST_CASE("a slow reader is told to come back and closed", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  c.transport.is_slow = true;
  c.connection->push(net::frame_ptr{new net::frame{"event\x1e", net::wire_format::text}});
  CHECK(c.transport.discards == 1);
  CHECK(c.transport.take() ==
        records{R"({"type":7,"error":"The client reads too slowly.","allowReconnect":true})"});
  CHECK(c.transport.ends == std::vector{true});
  CHECK(c.host.figures.slow_readers_closed.Value() == 1);
  CHECK(c.host.closed.size() == 1);
}

TEST_CASE("events reach an open connection only", "[net][hub]") {
  hub_client c;
  const net::frame_ptr event{new net::frame{"event\x1e", net::wire_format::text}};
  c.connection->push(event);
  CHECK(c.transport.take().empty());
  c.shake_hands();
  c.connection->push(event);
  CHECK(c.transport.take() == records{"event"});
}
