#include "net/auth/strict_json.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace parley::net::auth;
using namespace std::string_literals;

TEST_CASE("an object of claims is parsed", "[net][auth][json]") {
  const auto claims = parse_object(R"({"sub":"a","n":1.5,"roles":{"r":["x","x"]},"s":{"r":1}})");
  REQUIRE(claims);
  CHECK((*claims)["sub"] == "a");
  CHECK(parse_object(" \r\n{}\t"));
  CHECK(parse_object(R"({"a":"}]\"{["})"));
}

TEST_CASE("JSON that could be read in two ways is refused", "[net][auth][json]") {
  for (const auto& text : {R"({"a":1,"a":2})"s,
                           R"({"a":1,"\u0061":1})"s,
                           R"({"x":{"a":1,"a":1}})"s,
                           R"({"x":[{"a":1,"b":2,"a":1}]})"s,
                           "{}\0{}"s,
                           "{}\0"s,
                           "{} {}"s,
                           "{},"s,
                           ""s,
                           "null"s,
                           "[]"s,
                           "\"x\""s,
                           "{'a':1}"s,
                           "{\"a\":1,}"s,
                           "{/**/}"s,
                           "{\"a\":NaN}"s,
                           "{\"a\":1e400}"s,
                           "{\"a\":01}"s,
                           "{\"a\":\"\xff\"}"s,
                           R"({"a":"\ud800"})"s,
                           "{\"a\":\"\n\"}"s,
                           "{"s,
                           "{\"a"s})
    CHECK_FALSE(parse_object(text));
}

TEST_CASE("depth is bounded before the parser recurses", "[net][auth][json]") {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  CHECK(parse_object(nested(max_claims_depth)));
  CHECK_FALSE(parse_object(nested(max_claims_depth + 1)));
  CHECK_FALSE(parse_object(nested(1'000'000)));
  CHECK_FALSE(parse_object(std::string(1'000'000, '[')));
  std::string objects;
  for (int i = 0; i < 1'000; ++i) objects += "{\"a\":";
  CHECK_FALSE(parse_object(objects));
}

TEST_CASE("values are bounded before anything is parsed", "[net][auth][json]") {
  CHECK(parse_object(R"({"a":1,"b":[2,3]})", 2));
  CHECK_FALSE(parse_object(R"({"a":1,"b":[2,3],"c":4})", 2));
  CHECK(parse_object(R"({"a":",,,,,,","b":"\",,,"})", 1));
}

TEST_CASE("a key twice is found among thousands, wherever its object stands", "[net][auth][json]") {
  std::string members = R"("k0":0)";
  for (int i = 1; i < 3'000; ++i) members += ",\"k" + std::to_string(i) + "\":{\"k0\":0}";
  CHECK(parse_object("{" + members + "}"));
  CHECK_FALSE(parse_object("{" + members + R"(,"k\u0030":1})"));
  CHECK_FALSE(parse_object(R"({"in":{)" + members + R"(,"k2999":1}})"));
}
