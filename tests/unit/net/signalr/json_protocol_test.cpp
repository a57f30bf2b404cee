#include <catch2/catch.hpp>

#include "net/signalr/hub_protocol.hpp"

using namespace parley;
using namespace parley::net::signalr;

namespace {

auto read(const std::string& text) { return json_protocol().parse(text + '\x1e'); }

auto nested(std::size_t arrays) -> std::string {
  return R"({"type":1,"target":"t","arguments":)" + std::string(arrays, '[') +
         std::string(arrays, ']') + "}";
}

}  // namespace

TEST_CASE("an invocation is read with its properties in any order", "[net][json_protocol]") {
  const auto message = read(R"({"arguments":["a",1],"invocationId":"7","x":{},"target":"T",)"
                            R"("headers":{"h":"v"},"streamIds":["1"],"type":1})");
  REQUIRE(message);
  CHECK(message->type == message_type::invocation);
  CHECK(message->invocation_id == "7");
  CHECK(message->target == "T");
  CHECK(message->arguments == json::array({"a", 1}));
  CHECK(message->stream_ids == std::vector<std::string>{"1"});
  CHECK_FALSE(message->has_bad_text);
}

TEST_CASE("each type of record is read", "[net][json_protocol]") {
  const std::pair<const char*, message_type> table[] = {
      {R"({"type":2,"invocationId":"1","item":null})", message_type::stream_item},
      {R"({"type":3,"invocationId":"1"})", message_type::completion},
      {R"({"type":3,"invocationId":"1","result":null})", message_type::completion},
      {R"({"type":3,"invocationId":"1","error":null,"result":1})", message_type::completion},
      {R"({"type":4,"invocationId":"1","target":"t","arguments":[]})",
       message_type::stream_invocation},
      {R"({"type":5,"invocationId":"1"})", message_type::cancel_invocation},
      {R"({"type":6})", message_type::ping},
      {R"({"type":7})", message_type::close},
      {R"({"type":8,"sequenceId":3})", message_type::ack},
      {R"({"type":9,"sequenceId":3})", message_type::sequence}};
  for (const auto& [text, type] : table) {
    INFO(text);
    const auto message = read(text);
    REQUIRE(message);
    CHECK(message->type == type);
  }
  CHECK(read(R"({"type":3,"invocationId":"1","error":"e"})")->error == "e");
  CHECK(read(R"({"type":7,"error":"e","allowReconnect":true})")->error == "e");
}

TEST_CASE("a type of the future is skipped, whatever it holds", "[net][json_protocol]") {
  for (const auto* text : {R"({"type":0})", R"({"type":10})", R"({"type":-1})",
                           R"({"type":4294967297})", R"({"type":10,"invocationId":5})"}) {
    INFO(text);
    const auto message = read(text);
    REQUIRE(message);
    CHECK_FALSE(message->type);
  }
}

TEST_CASE("a malformed record is refused", "[net][json_protocol]") {
  const auto text = GENERATE(
      as<std::string>{}, "", " ", "null", "[]", "1", "\"x\"", "{", "{}x", R"({"type":})",
      R"({"Type":6})", R"({"type":null})", R"({"type":"6"})", R"({"type":6.0})",
      R"({"type":true})", R"({"type":1,"target":"t"})", R"({"type":1,"arguments":[]})",
      R"({"type":1,"target":null,"arguments":[]})", R"({"type":7,"error":5})",
      R"({"type":1,"target":1,"arguments":[]})", R"({"type":1,"target":"t","arguments":null})",
      R"({"type":1,"target":"t","arguments":{}})", R"({"type":1,"target":"t","arguments":"x"})",
      R"({"type":1,"target":"t","arguments":[],"invocationId":1})",
      R"({"type":1,"target":"t","arguments":[],"invocationId":[]})",
      R"({"type":1,"target":"t","arguments":[],"streamIds":"1"})",
      R"({"type":1,"target":"t","arguments":[],"streamIds":[1]})",
      R"({"type":1,"target":"t","arguments":[],"headers":[]})",
      R"({"type":1,"target":"t","arguments":[],"headers":{"a":null}})",
      R"({"type":2,"invocationId":"1"})", R"({"type":2,"item":1})", R"({"type":3})",
      R"({"type":3,"invocationId":"1","error":"e","result":null})",
      R"({"type":3,"invocationId":"1","error":5})",
      R"({"type":4,"target":"t","arguments":[]})",
      R"({"type":4,"target":"t","arguments":[],"invocationId":""})", R"({"type":5})",
      R"({"type":5,"invocationId":null})", R"({"type":8})", R"({"type":8,"sequenceId":"1"})",
      R"({"type":9,"sequenceId":1.5})", "{\"type\":6,\"x\":\"\xff\"}",
      "{\"type\":6,\"x\":\"\xed\xa0\x80\"}", "{\"type\":6,\"x\":\"\x01\"}");
  INFO(text);
  CHECK_FALSE(read(text));
}

TEST_CASE("a record is nested 64 levels at most", "[net][json_protocol]") {
  CHECK(read(nested(63)));
  CHECK_FALSE(read(nested(64)));
  CHECK_FALSE(read(nested(16'000)));
}

TEST_CASE("an absent, null or empty invocation id means that no answer is wanted",
          "[net][json_protocol]") {
  for (const auto* id : {"", R"("invocationId":null,)", R"("invocationId":"",)"}) {
    const auto message = read(std::string{"{"} + id + R"("type":1,"target":"t","arguments":[]})");
    REQUIRE(message);
    CHECK(message->invocation_id.empty());
  }
}

TEST_CASE("a lone surrogate is marked", "[net][json_protocol]") {
  const auto message = read(R"({"type":1,"target":"t","arguments":["\udc00"]})");
  REQUIRE(message);
  CHECK(message->has_bad_text);
}

TEST_CASE("a record ends at its separator and has a largest size", "[net][json_protocol]") {
  const auto& protocol = json_protocol();
  CHECK(*protocol.record_size("", 10) == 0);
  CHECK(*protocol.record_size("abc", 10) == 0);
  CHECK(*protocol.record_size("abc\x1e", 10) == 4);
  CHECK(*protocol.record_size("abc\x1e" "def\x1e", 4) == 4);
  CHECK(*protocol.record_size("\x1e", 10) == 1);
  CHECK(*protocol.record_size("abcd", 4) == 0);
  CHECK(protocol.record_size("abcde", 4).error().code == chat::errc::too_long);
  CHECK(protocol.record_size("abcd\x1e", 4).error().detail ==
        "The maximum message size of 4B was exceeded. The message size can be configured in "
        "AddHubOptions.");
}

TEST_CASE("records are written as the client reads them", "[net][json_protocol]") {
  const auto& protocol = json_protocol();
  CHECK(protocol.name() == "json");
  CHECK(protocol.format() == net::wire_format::text);
  CHECK(protocol.invocation("T", json::array({1, "a"})) ==
        "{\"type\":1,\"target\":\"T\",\"arguments\":[1,\"a\"]}\x1e");
  CHECK(protocol.completion("7", {{"a", 1}}) ==
        "{\"type\":3,\"invocationId\":\"7\",\"result\":{\"a\":1}}\x1e");
  CHECK(protocol.completion("7", nullptr) ==
        "{\"type\":3,\"invocationId\":\"7\",\"result\":null}\x1e");
  CHECK(protocol.failed_completion("7", "why") ==
        "{\"type\":3,\"invocationId\":\"7\",\"error\":\"why\"}\x1e");
  CHECK(protocol.ping() == "{\"type\":6}\x1e");
  CHECK(protocol.close("", false) == "{\"type\":7}\x1e");
  CHECK(protocol.close("why", true) ==
        "{\"type\":7,\"error\":\"why\",\"allowReconnect\":true}\x1e");
  CHECK(protocol.invocation("T", json::array({"\x1e"})).find('\x1e') ==
        protocol.invocation("T", json::array({"\x1e"})).size() - 1);
}
