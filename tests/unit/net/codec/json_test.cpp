#include "net/codec/json.hpp"

#include <catch2/catch.hpp>

using namespace parley;
using namespace parley::net::codec;
using namespace std::string_literals;

namespace {

const std::string replacement = "\xef\xbf\xbd";

}  // namespace

TEST_CASE("JSON is nested as deep as allowed and no deeper", "[net][json]") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(parse(nested(64)));
  CHECK_FALSE(parse(nested(65)));
  CHECK(parse(nested(3), 3));
  CHECK_FALSE(parse(R"({"a":[{"b":1}]})", 2));
  CHECK(parse("[[],[],[]]", 2));
  CHECK_FALSE(parse(std::string(100'000, '[')));
  CHECK_FALSE(parse(std::string(100'000, ']') + std::string(100'000, '[')));
  CHECK(parse("\"" + std::string(1'000, '[') + "\""));
  CHECK(parse(R"(["\"[[[",[]])", 2));
  CHECK(parse(R"(["\\",[]])", 2));
}

TEST_CASE("a NUL byte is refused wherever it stands", "[net][json]") {
  CHECK_FALSE(parse("{}\0"s));
  CHECK_FALSE(parse("{}\0garbage"s));
  CHECK_FALSE(parse("\"a\0b\""s));
  CHECK(parse(R"("a\u0000b")"));
}

TEST_CASE("what is not JSON is refused", "[net][json]") {
  for (const auto* text : {"", " ", "{", "}", "[1,]", "{\"a\":1,}", "{'a':1}", "// no\n1", "1 2",
                           "{a:1}", "NaN", "\"\x01\"", "\"a", "\"\\", "\"\\u", "\"\\u12", "\"\\ud8",
                           "\"\\ud800", "\"\\ud800\\", "\"\\ud800\\u", "\"\\ud800\\ud", "\"\\x\"",
                           "tru", "01", "+1", "\xff"}) {
    INFO(text);
    CHECK_FALSE(parse(text));
  }
}

TEST_CASE("invalid UTF-8 is refused", "[net][json]") {
  for (const auto* text : {"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"",
                           "\"\xe2\x82\"", "{\"\x80\":1}"})
    CHECK_FALSE(parse(text));
  CHECK(parse("\"\xf0\x9f\x98\x80\"")->value == "\xf0\x9f\x98\x80");
}

TEST_CASE("a lone surrogate is marked and replaced", "[net][json]") {
  const std::pair<const char*, std::string> table[] = {
      {R"("\ud800")", replacement},
      {R"("\uDFFF")", replacement},
      {R"("a\ud800b")", "a" + replacement + "b"},
      {R"("\ud800\ud800")", replacement + replacement},
      {R"("\udc00\ud800")", replacement + replacement},
      {R"("\ud800\n")", replacement + "\n"},
      {R"("\ud800A")", replacement + "A"},
      {R"("\ud800\\udc00")", replacement + "\\udc00"},
      {R"("\ud800\ud83d\ude00")", replacement + "\xf0\x9f\x98\x80"},
      {R"("\ud83d\ude00\ude00")", "\xf0\x9f\x98\x80" + replacement}};
  for (const auto& [text, expected] : table) {
    INFO(text);
    const auto read = parse(text);
    REQUIRE(read);
    CHECK(read->has_lone_surrogate);
    CHECK(read->value == expected);
  }
}

TEST_CASE("a lone surrogate in a key counts too", "[net][json]") {
  const auto read = parse(R"({"\ud800":1})");
  REQUIRE(read);
  CHECK(read->has_lone_surrogate);
}

TEST_CASE("pairs and escaped backslashes are no lone surrogates", "[net][json]") {
  const std::pair<const char*, std::string> table[] = {
      {R"("\ud83d\ude00")", "\xf0\x9f\x98\x80"},
      {R"("\uD83D\uDE00x")", "\xf0\x9f\x98\x80x"},
      {R"("\\ud800")", "\\ud800"},
      {R"("\\\\ud800")", "\\\\ud800"},
      {R"("\ud7ff\ue000")", "\xed\x9f\xbf\xee\x80\x80"}};
  for (const auto& [text, expected] : table) {
    const auto read = parse(text);
    REQUIRE(read);
    CHECK_FALSE(read->has_lone_surrogate);
    CHECK(read->value == expected);
  }
}

TEST_CASE("what is written is compact, keeps its order and never throws", "[net][json]") {
  CHECK(dump({{"b", 1}, {"a", json::array({nullptr, true})}}) == R"({"b":1,"a":[null,true]})");
  CHECK(dump("\xf0\x9f\x98\x80") == "\"\xf0\x9f\x98\x80\"");
  CHECK(dump("\x1e\n") == "\"\\u001e\\n\"");
  CHECK(dump("\xff") == "\"" + replacement + "\"");
}

TEST_CASE("JSON holds as many values as allowed and no more", "[net][json]") {
  CHECK(parse("[1,2,3]", 64, 4));
  CHECK_FALSE(parse("[1,2,3]", 64, 3));
  CHECK_FALSE(parse(R"({"a":1,"b":{"c":2}})", 64, 3));
  CHECK(parse(R"({"a":1,"b":{"c":2}})", 64, 5));
  CHECK(parse("\"" + std::string(10'000, ',') + "\"", 64, 1));
  CHECK_FALSE(parse("[" + std::string(10'000, ',') + "]"));
}
