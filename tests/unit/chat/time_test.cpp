#include "chat/time.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "tests/support/people.hpp"

using namespace parley::chat;

TEST_CASE("a moment is written as ISO 8601 with milliseconds", "[chat][time]") {
  CHECK(to_iso8601(parley::test::noon) == "2024-01-01T12:00:00.000Z");
  CHECK(to_iso8601(parley::test::after_noon(7)) == "2024-01-01T12:00:00.007Z");
  CHECK(to_iso8601({0}) == "1970-01-01T00:00:00.000Z");
  CHECK(to_iso8601({-1}) == "1969-12-31T23:59:59.999Z");
  CHECK(to_iso8601({951'782'400'000}) == "2000-02-29T00:00:00.000Z");
}

TEST_CASE("a moment beyond four digits of a year is shown as the nearest one", "[chat][time]") {
  CHECK(to_iso8601({253'402'300'799'999}) == "9999-12-31T23:59:59.999Z");
  CHECK(to_iso8601({253'402'300'800'000}) == "9999-12-31T23:59:59.999Z");
  CHECK(to_iso8601({std::numeric_limits<std::int64_t>::max()}) == "9999-12-31T23:59:59.999Z");
  CHECK(to_iso8601({std::numeric_limits<std::int64_t>::min()}) == "0000-01-01T00:00:00.000Z");
}

TEST_CASE("0 means never", "[chat][time]") {
  CHECK_FALSE(timestamp{});
  CHECK(timestamp{1});
}

TEST_CASE("the machine's clock is past 2024", "[chat][time]") {
  CHECK(system_clock().now() > parley::test::noon);
}
