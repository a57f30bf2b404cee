#include "net/codec/json.hpp"

#include <catch2/catch.hpp>
#include <random>

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

TEST_CASE("what the library reads is read alike, and nothing else", "[net][json]") {
  const std::vector<std::string> seeds{
      R"({"type":1,"target":"Send","invocationId":"17","arguments":[{"conversationId":"x",)"
      R"("content":"gr\u00fc\u00dfe \ud83d\ude00 \n","list":[1,-2,3.5e2,0,true,false,null]}]})",
      R"( [ {"a" : {"b":[[],{}]}, "a": 2} , "\"\\\/\b\f\n\r\t" , 18446744073709551615 ] )",
      R"([18446744073709551616,9999999999999999999,-9223372036854775809,1e400,-0,0.0,1E-7,"世"])",
      "\xef\xbb\xbf{\"bom\":1}"};
  const std::string alphabet = "{}[]\",:\\u0123456789abcdefE+-. \n\ttrulse\x01\x7f\xc3\xa9\xf0";
  std::minstd_rand random{5};
  for (const auto& seed : seeds) CHECK(parse(seed).has_value() == json::accept(seed));
  for (int round = 0; round < 60'000; ++round) {
    // On the heap and of its exact size, so that a sanitizer sees one byte too many.
    std::string text = seeds[random() % seeds.size()];
    for (auto left = 1 + random() % 3; left > 0 && !text.empty(); --left) {
      const auto at = random() % text.size();
      const auto letter = alphabet[random() % alphabet.size()];
      switch (random() % 4) {
        case 0: text[at] = letter; break;
        case 1: text.insert(at, 1, letter); break;
        case 2: text.erase(at, 1 + random() % 4); break;
        default: text.resize(at);
      }
    }
    const auto ours = parse(text);
    if (ours && ours->has_lone_surrogate) continue;  // the library refuses these
    const auto theirs = json::parse(text, nullptr, false);
    INFO(text);
    REQUIRE(ours.has_value() != theirs.is_discarded());
    if (ours) REQUIRE(dump(ours->value) == dump(theirs));
    if (ours) REQUIRE(ours->value == theirs);
  }
}

TEST_CASE("of a repeated key the last value counts", "[net][json]") {
  CHECK(dump(parse(R"({"a":1,"b":2,"a":3})")->value) == R"({"a":3,"b":2})");
  // Few keys and many are looked through in different ways.
  for (const std::size_t keys : {2, 7, 8, 9, 10, 500})
    for (std::size_t again = 0; again < keys; again += 1 + keys / 8) {
      std::string text{"{"};
      for (std::size_t i = 0; i < keys; ++i)
        text += "\"key number " + std::to_string(i) + "\":" + std::to_string(i) + ",";
      CHECK(dump(parse(text + "\"x\":{}}")->value) == text + "\"x\":{}}");
      text += "\"key number " + std::to_string(again) + "\":[1],\"x\":{\"x\":1,\"x\":2}}";
      CHECK(dump(parse(text)->value) == dump(json::parse(text)));
    }
}

TEST_CASE("numbers keep their kind", "[net][json]") {
  CHECK(parse("0")->value.is_number_unsigned());
  CHECK(parse("18446744073709551615")->value.is_number_unsigned());
  CHECK(parse("18446744073709551616")->value.is_number_float());
  CHECK(parse("-1")->value.is_number_integer());
  CHECK(parse("1.0")->value.is_number_float());
}

TEST_CASE("the first byte that needs an escape is found anywhere", "[net][json]") {
  for (std::size_t before = 0; before < 40; ++before)
    for (int c = 0; c < 256; ++c) {
      const auto text = std::string(before, '\x80') + static_cast<char>(c) + std::string(20, '"');
      const bool needs = c < 0x20 || c == '"' || c == '\\';
      REQUIRE(unescaped_length(text) == before + (needs ? 0 : 1));
    }
  CHECK(unescaped_length("") == 0);
  CHECK(unescaped_length("!#[] \x7f\xff") == 7);
}

TEST_CASE("a byte that makes a text more than plain is found anywhere", "[net][json]") {
  for (std::size_t size = 1; size < 40; ++size)
    for (std::size_t at = 0; at < size; ++at)
      for (int c = 0; c < 256; ++c) {
        std::string text(size, '~');
        text[at] = static_cast<char>(c);
        const bool plain = c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
        if (is_plain(text) != plain) FAIL(size << " bytes, " << c << " at " << at);
      }
  CHECK(is_plain(""));
}
