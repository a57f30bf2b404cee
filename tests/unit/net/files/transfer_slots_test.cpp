#include <catch2/catch.hpp>

#include "net/files/file_service.hpp"

using parley::net::files::transfer_slots;
using verdict = transfer_slots::verdict;

TEST_CASE("one owner has so many transfers of a kind at once", "[net][files]") {
  const auto slots = std::make_shared<transfer_slots>(
      parley::net::files::transfer_bounds{.per_owner = 2, .in_all = 10});
  transfer_slots::slot one, two, three, other;
  CHECK(slots->take("alice", "a", one) == verdict::taken);
  CHECK(slots->take("alice", "b", two) == verdict::taken);
  CHECK(slots->take("alice", "c", three) == verdict::owner_full);
  CHECK(slots->take("bob", "a", other) == verdict::taken);
  one.reset();
  CHECK(slots->take("alice", "c", three) == verdict::taken);
}

TEST_CASE("one file has so many transfers of a kind at once", "[net][files]") {
  const auto slots = std::make_shared<transfer_slots>(
      parley::net::files::transfer_bounds{.per_file = 1, .in_all = 10});
  transfer_slots::slot one, two, three;
  CHECK(slots->take("alice", "a", one) == verdict::taken);
  CHECK(slots->take("bob", "a", two) == verdict::full);
  CHECK(slots->take("bob", "b", two) == verdict::taken);
  one.reset();
  CHECK(slots->take("carol", "a", three) == verdict::taken);
}

TEST_CASE("all transfers of a kind together are bounded", "[net][files]") {
  const auto slots =
      std::make_shared<transfer_slots>(parley::net::files::transfer_bounds{.in_all = 2});
  transfer_slots::slot one, two, three;
  CHECK(slots->take("10.0.0.1", "a", one) == verdict::taken);
  CHECK(slots->take("alice", "b", two) == verdict::taken);
  CHECK(slots->take("bob", "c", three) == verdict::full);
  two.reset();
  CHECK(slots->take("10.0.0.1", "a", three) == verdict::taken);
}
