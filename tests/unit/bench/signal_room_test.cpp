#include "bench/load/signal_room.hpp"

#include <catch2/catch.hpp>

#include "bench/wire/failure.hpp"

using namespace parley::bench;

TEST_CASE("a signal is over when all others have heard it", "[bench][signals]") {
  signal_room room(0, 3);
  room.begin(1);
  REQUIRE(room.actor() == 1);
  CHECK(room.is_starting());
  CHECK_FALSE(room.on_signal(0, 1, true));
  CHECK(room.on_signal(2, 1, true));
  room.begin(2);
  CHECK(room.actor() == 1);
  CHECK_FALSE(room.is_starting());
  CHECK_FALSE(room.on_signal(2, 1, false));
  CHECK(room.on_signal(0, 1, false));
}

TEST_CASE("a signal room notices what a server must not do", "[bench][signals]") {
  signal_room room(0, 3);
  SECTION("a signal of nothing") {
    CHECK_THROWS_AS(room.on_signal(1, 0, true), run_failure);
  }
  room.begin(1);
  SECTION("a signal again") {
    room.on_signal(0, 1, true);
    CHECK_THROWS_AS(room.on_signal(0, 1, true), run_failure);
  }
  SECTION("a signal about another, of another kind, to who caused it") {
    CHECK_THROWS_AS(room.on_signal(0, 2, true), run_failure);
    CHECK_THROWS_AS(room.on_signal(0, 1, false), run_failure);
    CHECK_THROWS_AS(room.on_signal(1, 1, true), run_failure);
  }
}
