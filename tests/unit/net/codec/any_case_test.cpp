#include "net/codec/any_case.hpp"

#include <catch2/catch.hpp>
#include <vector>

using parley::net::equals_in_any_case;

TEST_CASE("texts are equal in any case of ASCII letters, and in nothing else", "[net]") {
  CHECK(equals_in_any_case("", ""));
  CHECK(equals_in_any_case("/Hubs/Chat", "/hubs/CHAT"));
  CHECK_FALSE(equals_in_any_case("a", "ab"));
  CHECK_FALSE(equals_in_any_case("a", "b"));
  CHECK_FALSE(equals_in_any_case("[", "{"));
  CHECK_FALSE(equals_in_any_case("\xc3\x84", "\xc3\xa4"));
}

TEST_CASE("nothing is read past the end of texts whose case differs", "[net]") {
  // Exactly as long as they are, on the heap: the address sanitizer sees the byte behind them.
  const std::vector<char> upper{'I', 'D'}, lower{'i', 'd'};
  CHECK(equals_in_any_case({upper.data(), 2}, {lower.data(), 2}));
}
