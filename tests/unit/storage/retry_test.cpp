#include "storage/sql/retry.hpp"

#include <catch2/catch.hpp>

using namespace parley;
using storage::sql::cure;
using storage::sql::failure;
using storage::sql::retry;

namespace {

auto tries_allowed(cure help) -> int {
  retry tries;
  const failure why{chat::errc::unavailable, help, "x"};
  int allowed = 0;
  while (tries.allows(why) && allowed < 100) ++allowed;
  return allowed;
}

}  // namespace

TEST_CASE("retries are bounded by what went wrong", "[storage][retry]") {
  CHECK(tries_allowed(cure::none) == 0);
  CHECK(tries_allowed(cure::reopen) == 1);
  CHECK(tries_allowed(cure::again_once) == 1);
  CHECK(tries_allowed(cure::again) == 8);
}
