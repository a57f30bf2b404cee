#include "net/frame_chatter.hpp"

#include <catch2/catch.hpp>

using namespace parley;
using namespace std::chrono_literals;
using net::frame_chatter;

namespace {
constexpr chat::token_bucket::steady start{1h};
}

TEST_CASE("pings and tiny frames are allowed in bursts and then by their rate", "[net][chatter]") {
  frame_chatter chatter{config::limit_options{}};
  for (int i = 0; i < 200; ++i) REQUIRE(chatter.allows(start));
  CHECK_FALSE(chatter.allows(start));
  for (int i = 0; i < 20; ++i) REQUIRE(chatter.allows(start + 1s));
  CHECK_FALSE(chatter.allows(start + 1s));
}

TEST_CASE("frame headers are fair as long as frames carry something", "[net][chatter]") {
  frame_chatter chatter{config::limit_options{}};
  std::uint64_t read = 0;
  for (int second = 0; second < 100; ++second) {
    for (int frame = 0; frame < 10'000; ++frame) {
      chatter.note_payload(11);  // a ping of json
      read += 17;
    }
    REQUIRE(chatter.is_payload_fair(read));
  }
}

TEST_CASE("a stream of empty fragments is not fair", "[net][chatter]") {
  frame_chatter chatter{config::limit_options{}};
  CHECK(chatter.is_payload_fair(600));
  CHECK(chatter.is_payload_fair(600));
  CHECK_FALSE(chatter.is_payload_fair(600 + 6 * 10'000));
}

TEST_CASE("payload that Beast read ahead counts once it surfaces", "[net][chatter]") {
  frame_chatter chatter{config::limit_options{}};
  chatter.note_payload(100'000);  // of bytes read before
  CHECK(chatter.is_payload_fair(10));
}

TEST_CASE("without limits everything is fair", "[net][chatter]") {
  config::limit_options limits;
  limits.enabled = false;
  frame_chatter chatter{limits};
  for (int i = 0; i < 1'000; ++i) REQUIRE(chatter.allows(start));
  CHECK(chatter.is_payload_fair(1'000'000));
}
