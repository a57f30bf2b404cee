#include "net/auth/base64url.hpp"

#include <catch2/catch.hpp>

using namespace parley::net::auth;
using namespace std::string_literals;

TEST_CASE("base64url turns bytes into text and back", "[net][auth][base64url]") {
  for (std::size_t size = 0; size < 300; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i * 37 + size);
    CHECK(base64url_decode(base64url_encode(bytes)) == bytes);
  }
  CHECK(base64url_encode("\x03\xec\xff\xe0\xc1"s) == "A-z_4ME");
  CHECK(base64url_decode("") == "");
}

TEST_CASE("base64url refuses every spelling but the canonical one", "[net][auth][base64url]") {
  for (const auto& text : {"A"s, "AA="s, "AA=="s, "AB"s, "AAB"s, "AAAAA"s, "A+AA"s, "A/AA"s,
                           "AA\nAA"s, "AA AA"s, "AAA\0"s, "AA\xc3\xa9"s, "=AAA"s})
    CHECK_FALSE(base64url_decode(text));
}

TEST_CASE("one text alone decodes to given bytes", "[net][auth][base64url]") {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  int accepted = 0;
  for (const char a : alphabet)
    for (const char b : alphabet)
      if (const auto bytes = base64url_decode(std::string{a, b})) {
        ++accepted;
        CHECK(base64url_encode(*bytes) == std::string{a, b});
      }
  CHECK(accepted == 256);
}
