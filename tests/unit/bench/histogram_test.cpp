#include "bench/measure/histogram.hpp"

#include <catch2/catch.hpp>

using parley::bench::histogram;

TEST_CASE("histogram is empty before the first reading", "[bench][histogram]") {
  const histogram times;
  CHECK(times.count() == 0);
  CHECK(times.percentile(0.99) == 0);
  CHECK(times.max() == 0);
}

TEST_CASE("histogram keeps small readings exactly", "[bench][histogram]") {
  histogram times;
  for (int i = 1; i <= 100; ++i) times.record(i);
  CHECK(times.percentile(0.5) == 50);
  CHECK(times.percentile(0.99) == 99);
  CHECK(times.percentile(1) == 100);
  CHECK(times.mean() == Approx(50.5));
}

TEST_CASE("histogram is never too low and at most 0.8 percent too high", "[bench][histogram]") {
  for (std::int64_t value = 1; value < (std::int64_t{1} << 41); value = value * 9 / 8 + 1) {
    histogram times;
    times.record(value);
    times.record(value * 2);  // so that max() does not cap the answer
    const auto read = times.percentile(0.5);
    CAPTURE(value);
    CHECK(read >= value);
    CHECK(static_cast<double>(read) <= static_cast<double>(value) * 1.008);
  }
}

TEST_CASE("histogram finds one slow reading in a thousand", "[bench][histogram]") {
  histogram times;
  for (int i = 0; i < 999; ++i) times.record(1000);
  times.record(5'000'000);
  CHECK(times.percentile(0.99) <= 1008);
  CHECK(times.percentile(0.999) <= 1008);
  CHECK(times.percentile(0.9995) == 5'000'000);
  CHECK(times.max() == 5'000'000);
}

TEST_CASE("histogram takes readings outside its range", "[bench][histogram]") {
  histogram times;
  times.record(-5);
  times.record(INT64_MAX);
  CHECK(times.count() == 2);
  CHECK(times.percentile(0.5) == 0);
  CHECK(times.max() == INT64_MAX);
}
