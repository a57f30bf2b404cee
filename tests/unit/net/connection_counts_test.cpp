#include "net/connection_counts.hpp"

#include <catch2/catch.hpp>

using namespace parley;
using namespace parley::net;
using namespace std::chrono_literals;

namespace {

constexpr connection_counts::steady noon{1h};

}  // namespace

TEST_CASE("sockets without a token have so many places by address", "[net][counts]") {
  config::limit_options limits;
  limits.unauthenticated_per_ip = 2;
  const auto counts = std::make_shared<connection_counts>(limits);
  auto first = counts->take_unknown("a");
  const auto second = counts->take_unknown("a");
  CHECK(first);
  CHECK(second);
  CHECK_FALSE(counts->take_unknown("a"));
  CHECK(counts->take_unknown("b"));
  first.reset();
  CHECK(counts->take_unknown("a"));
}

TEST_CASE("negotiate has a rate by address, and says how long to wait", "[net][counts]") {
  config::limit_options limits;
  limits.negotiates_per_s = 2;
  limits.negotiates_burst = 1;
  const auto counts = std::make_shared<connection_counts>(limits);
  CHECK_FALSE(counts->take_negotiate("a", noon));
  CHECK(counts->take_negotiate("a", noon) == 500ms);
  CHECK_FALSE(counts->take_negotiate("b", noon));
  CHECK_FALSE(counts->take_negotiate("a", noon + 500ms));
}

TEST_CASE("limits that are off count and refuse nothing", "[net][counts]") {
  config::limit_options limits;
  limits.enabled = false;
  limits.unauthenticated_per_ip = 1;
  limits.negotiates_per_s = 1;
  limits.negotiates_burst = 1;
  const auto counts = std::make_shared<connection_counts>(limits);
  const auto held = counts->take_unknown("a");
  CHECK(counts->take_unknown("a"));
  for (int i = 0; i < 3; ++i) CHECK_FALSE(counts->take_negotiate("a", noon));
}
