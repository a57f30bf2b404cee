#include "net/signalr/handshake.hpp"

#include <catch2/catch.hpp>

using namespace parley::net::signalr;

namespace {

const std::string malformed =
    "{\"error\":\"An unexpected error occurred during connection handshake.\"}\x1e";

}  // namespace

TEST_CASE("a handshake for json is accepted, up to version 2", "[net][handshake]") {
  for (const auto* text : {R"({"protocol":"json","version":1})", R"({"version":2,"protocol":"json"})",
                           R"({"protocol":"json","version":0})",
                           R"({"protocol":"json","version":1,"extra":[1]})"}) {
    const auto asked = read_handshake(text);
    INFO(text);
    CHECK(asked.protocol == &json_protocol());
    CHECK(asked.reply == "{}\x1e");
  }
}

TEST_CASE("an unknown protocol is named in the refusal", "[net][handshake]") {
  const auto asked = read_handshake(R"({"protocol":"x\"y","version":1})");
  CHECK(asked.protocol == nullptr);
  CHECK(asked.reply == "{\"error\":\"The protocol 'x\\\"y' is not supported.\"}\x1e");
}

TEST_CASE("a newer version is refused", "[net][handshake]") {
  const auto asked = read_handshake(R"({"protocol":"json","version":99})");
  CHECK(asked.protocol == nullptr);
  CHECK(asked.reply ==
        "{\"error\":\"The server does not support version 99 of the 'json' protocol.\"}\x1e");
  CHECK(read_handshake(R"({"protocol":"json","version":18446744073709551615})").protocol ==
        nullptr);
}

TEST_CASE("anything else first is an unexpected error", "[net][handshake]") {
  for (const auto* text : {"", "x", "[]", "{}", R"({"protocol":"json"})", R"({"version":1})",
                           R"({"protocol":1,"version":1})", R"({"protocol":"json","version":"1"})",
                           R"({"protocol":"json","version":1.5})", R"({"type":6})",
                           R"({"protocol":"json","version":null})",
                           R"({"type":1,"target":"t","arguments":[]})"}) {
    INFO(text);
    const auto asked = read_handshake(text);
    CHECK(asked.protocol == nullptr);
    CHECK(asked.reply == malformed);
  }
}

TEST_CASE("a handshake that does not come is canceled", "[net][handshake]") {
  CHECK(handshake_canceled() == "{\"error\":\"Handshake was canceled.\"}\x1e");
}
