#include <catch2/catch.hpp>

#include "net/codec/messagepack.hpp"
#include "net/signalr/hub_protocol.hpp"

using namespace parley;
using namespace parley::net::signalr;
using namespace std::string_literals;

namespace {

const hub_protocol& protocol = messagepack_protocol();
constexpr std::size_t max = 32 * 1024;

/// A record with its prefix.
auto framed(const std::string& body) -> std::string {
  std::string bytes;
  auto length = body.size();
  for (; length >= 0x80; length >>= 7) bytes.push_back(static_cast<char>(length | 0x80));
  bytes.push_back(static_cast<char>(length));
  return bytes + body;
}

auto record(const char* text) -> std::string {
  std::string body;
  net::codec::append_messagepack(body, json::parse(text));
  return framed(body);
}

auto is_malformed(const char* text) -> bool {
  return !protocol.parse(record(text));
}

}  // namespace

TEST_CASE("messagepack records look as the client needs them", "[net][signalr][messagepack]") {
  CHECK(protocol.ping() == "\x02\x91\x06");
  CHECK(protocol.close("", true) == "\x04\x93\x07\xc0\xc3");
  CHECK(protocol.close("no", false) == "\x06\x93\x07\xa2no\xc2");
  CHECK(protocol.invocation("Go", json::array({1, "a"})) ==
        "\x0b\x95\x01\x80\xc0\xa2Go\x92\x01\xa1"
        "a"s);
  CHECK(protocol.completion("7", nullptr) ==
        "\x07\x95\x03\x80\xa1"
        "7\x03\xc0"s);
  CHECK(protocol.empty_completion("7") ==
        "\x06\x94\x03\x80\xa1"
        "7\x02"s);
  CHECK(protocol.stream_item("7", 5) ==
        "\x06\x94\x02\x80\xa1"
        "7\x05"s);
  CHECK(protocol.invocation("Go", json::array(), "s1") ==
        "\x0a\x95\x01\x80\xa2s1\xa2Go\x90"s);
  CHECK(protocol.completion("7", true) ==
        "\x07\x95\x03\x80\xa1"
        "7\x03\xc3"s);
  CHECK(protocol.failed_completion("7", "x") ==
        "\x08\x95\x03\x80\xa1"
        "7\x01\xa1x"s);
}

TEST_CASE("a long messagepack record has a longer prefix", "[net][signalr][messagepack]") {
  const auto bytes = protocol.completion("7", std::string(300, 'x'));
  const auto size = protocol.record_size(bytes, max);
  REQUIRE(size);
  CHECK(*size == bytes.size());
  CHECK(bytes.size() == 2 + 6 + 3 + 300);
}

TEST_CASE("a messagepack record is measured by its prefix", "[net][signalr][messagepack]") {
  CHECK(*protocol.record_size("", max) == 0);
  CHECK(*protocol.record_size("\x02", max) == 0);
  CHECK(*protocol.record_size("\x02\x91\x06\x02", max) == 3);
  CHECK(*protocol.record_size("\x80\x80", max) == 0);
  CHECK(*protocol.record_size("\x82\x00\x91\x06"s, max) == 4);
}

TEST_CASE("a messagepack record over the limit is refused by its prefix alone",
          "[net][signalr][messagepack]") {
  CHECK(*protocol.record_size("\xfd\xff\x01", max) == 0);  // 32765 + 3 bytes
  const auto refused = protocol.record_size("\xfe\xff\x01", max);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == chat::errc::too_long);
  CHECK_FALSE(protocol.record_size("\xff\xff\xff\xff\x07", max));
}

TEST_CASE("a messagepack prefix has at most 31 bits in 5 bytes", "[net][signalr][messagepack]") {
  constexpr std::size_t no_limit = std::size_t{1} << 40;
  CHECK(*protocol.record_size("\xff\xff\xff\xff\x07", no_limit) == 0);
  CHECK_FALSE(protocol.record_size("\xff\xff\xff\xff\x08", no_limit));
  CHECK_FALSE(protocol.record_size("\x80\x80\x80\x80\x80", no_limit));
}

TEST_CASE("a messagepack invocation is read with and without streams",
          "[net][signalr][messagepack]") {
  const auto plain = protocol.parse(record(R"([1,{},"7","Send",["a",{"b":2}]])"));
  REQUIRE(plain);
  CHECK(plain->type == message_type::invocation);
  CHECK(plain->invocation_id == "7");
  CHECK(plain->target == "Send");
  CHECK(plain->arguments == json::parse(R"(["a",{"b":2}])"));
  const auto streamed = protocol.parse(record(R"([4,{"k":"v"},"8","Up",[],["1"],"new",true])"));
  REQUIRE(streamed);
  CHECK(streamed->stream_ids == std::vector<std::string>{"1"});
}

TEST_CASE("a nil or empty messagepack id means no answer", "[net][signalr][messagepack]") {
  CHECK(protocol.parse(record(R"([1,{},null,"Send",[]])"))->invocation_id.empty());
  CHECK(protocol.parse(record(R"([1,null,"","Send",[]])"))->invocation_id.empty());
}

TEST_CASE("the other messagepack records are read", "[net][signalr][messagepack]") {
  CHECK(protocol.parse("\x02\x91\x06")->type == message_type::ping);
  CHECK(protocol.parse("\x03\x91\xd0\x06")->type == message_type::ping);
  CHECK(protocol.parse(record(R"([7,null])"))->error.empty());
  CHECK(protocol.parse(record(R"([7,"tired",true])"))->error == "tired");
  CHECK(protocol.parse(record(R"([3,{},"7",1,"bad"])"))->error == "bad");
  CHECK(protocol.parse(record(R"([3,{},"7",2])")));
  CHECK(protocol.parse(record(R"([3,{},"7",3,[1]])")));
  CHECK(protocol.parse(record(R"([2,{},"7",null])")));
  CHECK(protocol.parse(record(R"([5,{},"7"])")));
  CHECK(protocol.parse(record(R"([8,12])")));
}

TEST_CASE("messagepack records of a type of the future are skipped",
          "[net][signalr][messagepack]") {
  CHECK_FALSE(protocol.parse(record("[42,1,2]"))->type);
  CHECK_FALSE(protocol.parse(record("[-1]"))->type);
}

TEST_CASE("malformed messagepack records are refused", "[net][signalr][messagepack]") {
  const auto text = GENERATE(
      "[]", "{}", "6", "null", R"(["1"])", "[null]", "[1.5]", "[1]", R"([1,{},"7","T"])",
      R"([1,[],"7","T",[]])", R"([1,{"k":1},"7","T",[]])", R"([1,{},7,"T",[]])",
      R"([1,{},"7",1,[]])", R"([1,{},"7","T",{}])", R"([1,{},"7","T",null])",
      R"([1,{},"7","T",[],[1]])", R"([1,{},"7","T",[],"1"])", R"([4,{},null,"T",[]])",
      R"([2,{},"7"])", R"([2,{},null,1])", R"([3,{},"7"])", R"([3,{},"7",0])", R"([3,{},"7",4])",
      R"([3,{},"7",1])", R"([3,{},"7",1,2])", R"([3,{},"7",3])", R"([3,{},null,2])", R"([5,{}])",
      R"([5,{},null])", "[7]", "[7,1]", "[8]", R"([9,"1"])");
  CAPTURE(text);
  CHECK(is_malformed(text));
}

TEST_CASE("bytes that are no messagepack record are refused", "[net][signalr][messagepack]") {
  CHECK_FALSE(protocol.parse("\x00"s));
  CHECK_FALSE(protocol.parse("\x01\xc1"));
  CHECK_FALSE(protocol.parse("\x03\x91\x06\x06"));
  CHECK_FALSE(protocol.parse(framed(std::string(30'000, '\x91'))));
}

TEST_CASE("a messagepack record with a lone surrogate says so", "[net][signalr][messagepack]") {
  const auto message =
      protocol.parse(framed("\x95\x01\x80\xa1"
                            "7\xa1T\x91\xa3\xed\xa0\x80"s));
  REQUIRE(message);
  CHECK(message->has_bad_text);
}

TEST_CASE("both hub protocols are found by name in any case", "[net][signalr][messagepack]") {
  CHECK(find_protocol("json") == &json_protocol());
  CHECK(find_protocol("messagepack") == &messagepack_protocol());
  CHECK(find_protocol("MessagePack") == &messagepack_protocol());
  CHECK(find_protocol("xml") == nullptr);
}
