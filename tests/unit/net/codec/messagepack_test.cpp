#include "net/codec/messagepack.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace parley::net::codec;
using namespace std::string_literals;

namespace {

auto read(std::string_view bytes) -> json {
  const auto result = parse_messagepack(bytes);
  REQUIRE(result);
  return result->value;
}

auto is_refused(std::string_view bytes) -> bool {
  return !parse_messagepack(bytes);
}

auto written(const json& value) -> std::string {
  std::string bytes;
  append_messagepack(bytes, value);
  return bytes;
}

auto nested(std::size_t depth) -> std::string {
  return std::string(depth, '\x91') + "\xc0";
}

}  // namespace

TEST_CASE("messagepack integers are read in every encoding", "[net][messagepack]") {
  CHECK(read("\x05") == 5u);
  CHECK(read("\xcc\x05"s) == 5u);
  CHECK(read("\xcd\x00\x05"s) == 5u);
  CHECK(read("\xce\x00\x00\x00\x05"s) == 5u);
  CHECK(read("\xcf\x00\x00\x00\x00\x00\x00\x00\x05"s) == 5u);
  CHECK(read("\xd0\x05"s) == 5u);
  CHECK(read("\xd3\x00\x00\x00\x00\x00\x00\x00\x05"s).is_number_unsigned());
  CHECK(read("\xff"s) == -1);
  CHECK(read("\xd1\xff\xfe"s) == -2);
  CHECK(read("\xcf\xff\xff\xff\xff\xff\xff\xff\xff"s) == 18'446'744'073'709'551'615u);
}

TEST_CASE("messagepack floats that are whole numbers become integers", "[net][messagepack]") {
  CHECK(read("\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00"s).is_number_unsigned());
  CHECK(read("\xca\x40\x00\x00\x00"s) == 2u);
  CHECK(read("\xcb\x43\x40\x00\x00\x00\x00\x00\x00"s) == 9'007'199'254'740'992u);
  CHECK(read("\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00"s) == 1.5);
  CHECK(read("\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00"s).is_number_float());
  CHECK(read("\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00"s).is_number_float());
}

TEST_CASE("messagepack text, maps and arrays are read", "[net][messagepack]") {
  CHECK(read("\xa2hi") == "hi");
  CHECK(read("\xd9\x02hi"s) == "hi");
  CHECK(read("\xda\x00\x02hi"s) == "hi");
  CHECK(read("\x82\xa1"
             "a\x01\xa1"
             "b\x92\xc3\xc0"s) == json::parse(R"({"a":1,"b":[true,null]})"));
  CHECK(read("\xdc\x00\x01\x07"s) == json::parse("[7]"));
  CHECK(read("\xdf\x00\x00\x00\x01\xa1"
             "a\xc2"s) == json::parse(R"({"a":false})"));
}

TEST_CASE("messagepack timestamps become ISO 8601 text", "[net][messagepack]") {
  CHECK(read("\xd6\xff\x3c\xa8\x79\xbf"s) == "2002-04-01T15:16:15.000Z");
  CHECK(read("\xd7\xff\x00\x00\x00\x00\x00\x00\x00\x00"s) == "1970-01-01T00:00:00.000Z");
  CHECK(read("\xc7\x0c\xff\x1d\xcd\x65\x00\x00\x00\x00\x00\x00\x00\x00\x01"s) ==
        "1970-01-01T00:00:01.500Z");
  CHECK(read("\xc7\x0c\xff\x00\x00\x00\x00\x80\x00\x00\x00\x00\x00\x00\x00"s).is_binary());
}

TEST_CASE("messagepack bin and foreign extensions fit no parameter", "[net][messagepack]") {
  CHECK(read("\xc4\x02\x01\x02"s).is_binary());
  CHECK(read("\xd4\x05\x01"s).is_binary());
  CHECK(read("\xc7\x00\x07"s).is_binary());
}

TEST_CASE("a lone surrogate in messagepack text is replaced and reported", "[net][messagepack]") {
  const auto result = parse_messagepack("\xa4\xed\xa0\x80!");
  REQUIRE(result);
  CHECK(result->has_lone_surrogate);
  CHECK(result->value == "\xef\xbf\xbd!");
  CHECK_FALSE(parse_messagepack("\xa3\xed\x95\x9c")->has_lone_surrogate);  // U+D55C
}

TEST_CASE("malformed messagepack is refused", "[net][messagepack]") {
  CHECK(is_refused(""));
  CHECK(is_refused("\xc1"));
  CHECK(is_refused("\x01\x02"));      // more than one value
  CHECK(is_refused("\xa3hi"));        // truncated text
  CHECK(is_refused("\xa2\xc3\x28"));  // not UTF-8
  CHECK(is_refused("\xa2\xed\xa0"));  // half a surrogate
  CHECK(is_refused("\x81\x01\x02"));  // a key that is a number
  CHECK(is_refused("\x81\xd6\xff\x65\x92\x60\x80\x02"));  // or a timestamp
  CHECK(is_refused("\x92\x01"));
  CHECK(is_refused("\xdd\xff\xff\xff\xff"));  // 4 billion elements announced
  CHECK(is_refused("\xdf\xff\xff\xff\xff"));
  CHECK(is_refused("\xc6\xff\xff\xff\xff"));
  CHECK(
      is_refused("\xdb\xff\xff\xff\xff"
                 "a"));
  CHECK(is_refused("\xc9\xff\xff\xff\xff\xff"));
}

TEST_CASE("messagepack depth is bounded before anything recurses", "[net][messagepack]") {
  CHECK_FALSE(is_refused(nested(32)));
  CHECK(is_refused(nested(33)));
  CHECK(is_refused(nested(100'000)));
  CHECK(is_refused(std::string(100'000, '\x91')));
}

TEST_CASE("what is written as messagepack is read back", "[net][messagepack]") {
  const auto value = json::parse(R"({"text":"grüße 世界","numbers":[0,127,128,65536,-1,-129,
      4294967296,9007199254740993],"nested":{"a":[],"b":{},"c":null,"d":true},"half":0.5})");
  CHECK(read(written(value)) == value);
  const std::string longer(70'000, 'x');
  CHECK(read(written(longer)) == longer);
}

TEST_CASE("messagepack that was cut or damaged never reads past its end", "[net][messagepack]") {
  const auto good = written(json::parse(
      R"([1,{},"7","Send",[{"conversationId":"x","content":"hello","list":[1,2.5,-3]}]])"));
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK(is_refused(std::string_view{good}.substr(0, size)));
  std::minstd_rand random{42};
  for (int round = 0; round < 20'000; ++round) {
    // On the heap and of its exact size, so that a sanitizer sees one byte too many.
    std::string damaged{good, 0, 1 + random() % good.size()};
    for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    const auto result = parse_messagepack(damaged);
    if (result) CHECK_NOTHROW(dump(result->value));
  }
}

TEST_CASE("MessagePack holds as many values as allowed and no more", "[net][messagepack]") {
  CHECK(parse_messagepack("\x93\x01\x02\x03", 32, 4));
  CHECK_FALSE(parse_messagepack("\x93\x01\x02\x03", 32, 3));
  CHECK(parse_messagepack("\x81\xa1k\x01", 32, 2));  // a key is none
  CHECK_FALSE(parse_messagepack("\x81\xa1k\x01", 32, 1));
}
