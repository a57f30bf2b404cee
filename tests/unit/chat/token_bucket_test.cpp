#include "chat/token_bucket.hpp"

#include <catch2/catch.hpp>

using parley::chat::token_bucket;
using namespace std::chrono_literals;

namespace {

constexpr token_bucket::steady start{1h};

auto take_many(token_bucket& bucket, token_bucket::steady at, int tries) -> int {
  int taken = 0;
  for (int i = 0; i < tries; ++i) taken += bucket.take(at) ? 1 : 0;
  return taken;
}

}  // namespace

TEST_CASE("a bucket lets a burst through, then its rate", "[chat][token_bucket]") {
  token_bucket bucket{5, 20};
  CHECK(take_many(bucket, start, 100) == 20);
  CHECK(take_many(bucket, start + 199ms, 100) == 0);
  CHECK(take_many(bucket, start + 1'210ms, 100) == 6);
}

TEST_CASE("a bucket that rests fills up to its burst and no further", "[chat][token_bucket]") {
  token_bucket bucket{5, 20};
  CHECK(take_many(bucket, start, 100) == 20);
  CHECK(take_many(bucket, start + 24h, 100) == 20);
}

TEST_CASE("refused tries cost nothing", "[chat][token_bucket]") {
  token_bucket bucket{1, 1};
  CHECK(bucket.take(start));
  for (auto at = start; at < start + 990ms; at += 10ms) CHECK_FALSE(bucket.take(at));
  CHECK(bucket.take(start + 1'001ms));
}

TEST_CASE("a rate of 0 and a default bucket let everything through", "[chat][token_bucket]") {
  token_bucket none;
  token_bucket zero{0, 0};
  CHECK(take_many(none, start, 1'000) == 1'000);
  CHECK(take_many(zero, start, 1'000) == 1'000);
}

TEST_CASE("a bucket says how long to wait, and is right", "[chat][token_bucket]") {
  token_bucket bucket{4, 1};
  CHECK(bucket.take(start));
  CHECK_FALSE(bucket.take(start + 100ms));
  CHECK(bucket.wait(start + 100ms) == 150ms);
  CHECK(bucket.take(start + 250ms));
}

TEST_CASE("a bucket is full when new and when it has rested", "[chat][token_bucket]") {
  token_bucket bucket{1, 2};
  CHECK(bucket.is_full(start));
  CHECK(bucket.take(start));
  CHECK_FALSE(bucket.is_full(start + 999ms));
  CHECK(bucket.is_full(start + 1s));
}

TEST_CASE("a bucket keeps to rates that no interval of nanoseconds fits", "[chat][token_bucket]") {
  for (const double rate : {0.1, 0.7, 3.0, 7.0, 1'000.0, 33'333.0}) {
    token_bucket bucket{rate, 30};
    CHECK(take_many(bucket, start, 100) == 30);
    int taken = 0;
    const std::chrono::duration<double> step{0.5 / rate};
    for (int i = 1; i <= 2'000; ++i)
      taken += bucket.take(start + std::chrono::round<std::chrono::nanoseconds>(step * i)) ? 1 : 0;
    CHECK(taken >= 999);
    CHECK(taken <= 1'000);
  }
}
