#include "net/limits/frame_chatter.hpp"

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

TEST_CASE("frames of two bytes and more carry something", "[net][chatter]") {
  CHECK(frame_chatter::is_chatter(0));
  CHECK(frame_chatter::is_chatter(1));
  CHECK_FALSE(frame_chatter::is_chatter(2));
}

TEST_CASE("without limits every frame is allowed", "[net][chatter]") {
  config::limit_options limits;
  limits.enabled = false;
  frame_chatter chatter{limits};
  for (int i = 0; i < 1'000; ++i) REQUIRE(chatter.allows(start));
}
