#include "chat/keyed_buckets.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace parley;
using namespace std::chrono_literals;

namespace {

constexpr chat::token_bucket::steady noon{1h};

}  // namespace

TEST_CASE("each key has a bucket of its own", "[chat][buckets]") {
  chat::keyed_buckets<std::string> rates;
  CHECK_FALSE(rates.take("a", 1, 2, noon));
  CHECK_FALSE(rates.take("a", 1, 2, noon));
  CHECK(rates.take("a", 1, 2, noon) == 1'000ms);
  CHECK_FALSE(rates.take("b", 1, 2, noon));
  CHECK_FALSE(rates.take("a", 1, 2, noon + 1s));
}

TEST_CASE("a rate of 0 refuses and remembers nothing", "[chat][buckets]") {
  chat::keyed_buckets<std::string> rates;
  for (int i = 0; i < 100; ++i) CHECK_FALSE(rates.take("a", 0, 0, noon));
  CHECK(rates.size() == 0);
}

TEST_CASE("keys that came long ago are forgotten, those that came lately are not",
          "[chat][buckets]") {
  chat::keyed_buckets<int> rates;
  for (int i = 0; i < 2'000; ++i) rates.take(i, 1, 1, noon);
  CHECK(rates.size() == 2'000);
  auto now = noon + 1h;
  rates.take(-1, 0.0001, 1, now);
  for (int i = 0; i < 2'000; ++i) rates.take(i, 1, 1, now);
  for (int i = 2'000; i < 6'000; ++i) rates.take(i, 1, 1, now += 1s);
  CHECK(rates.size() < 2'500);
  CHECK(rates.take(-1, 0.0001, 1, now));
}
