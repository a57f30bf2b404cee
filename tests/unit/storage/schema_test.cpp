#include "storage/schema.hpp"

#include <catch2/catch.hpp>

using namespace parley;

TEST_CASE("a database with every step has the version of the newest", "[storage][schema]") {
  const auto version = storage::check_steps({{1, "first", true, true, ""}, {2, "second", true, true, ""}});
  REQUIRE(version);
  CHECK(*version == 2);
}

TEST_CASE("a step that is missing or changed is a conflict", "[storage][schema]") {
  for (const bool applied : {true, false}) {
    const auto version = storage::check_steps({{1, "first", applied, !applied, ""}});
    REQUIRE_FALSE(version);
    CHECK(version.error().code == chat::errc::conflict);
  }
}
