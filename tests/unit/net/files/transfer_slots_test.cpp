#include <catch2/catch.hpp>

#include "net/files/file_service.hpp"

using parley::net::files::transfer_slots;
using verdict = transfer_slots::verdict;

TEST_CASE("one user has so many uploads at once", "[net][files]") {
  const auto slots = std::make_shared<transfer_slots>(2, 10);
  transfer_slots::slot one, two, three, other;
  CHECK(slots->take("alice", one) == verdict::taken);
  CHECK(slots->take("alice", two) == verdict::taken);
  CHECK(slots->take("alice", three) == verdict::owner_full);
  CHECK(slots->take("bob", other) == verdict::taken);
  one.reset();
  CHECK(slots->take("alice", three) == verdict::taken);
}

TEST_CASE("all transfers together are bounded, downloads too", "[net][files]") {
  const auto slots = std::make_shared<transfer_slots>(0, 2);
  transfer_slots::slot one, two, three;
  CHECK(slots->take("", one) == verdict::taken);
  CHECK(slots->take("alice", two) == verdict::taken);
  CHECK(slots->take("bob", three) == verdict::all_full);
  two.reset();
  CHECK(slots->take("", three) == verdict::taken);
}
