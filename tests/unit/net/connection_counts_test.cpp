#include "net/connection_counts.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

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
  std::vector<connection_counts::place> held;
  for (int i = 0; i < 2; ++i) held.push_back(counts->take_unknown("a"));
  CHECK_FALSE(counts->has_too_many_unknown("a"));
  for (int i = 2; i < 20; ++i) held.push_back(counts->take_unknown("a"));
  CHECK(std::all_of(held.begin(), held.end(), [](const auto& place) { return place != nullptr; }));
  CHECK(counts->has_too_many_unknown("a"));
  CHECK_FALSE(counts->has_too_many_unknown("b"));
  CHECK_FALSE(counts->take_unknown("a"));
  CHECK(counts->take_unknown("b"));
  held.resize(2);
  CHECK_FALSE(counts->has_too_many_unknown("a"));
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

TEST_CASE("what a user opens and what an address gets 401 for have rates of their own",
          "[net][counts]") {
  config::limit_options limits;
  limits.opens_per_s = limits.unauthorized_per_s = limits.negotiates_per_s = 1;
  limits.opens_burst = limits.unauthorized_burst = limits.negotiates_burst = 1;
  const auto counts = std::make_shared<connection_counts>(limits);
  CHECK_FALSE(counts->take_open({"a"}, noon));
  CHECK(counts->take_open({"a"}, noon) == 1'000ms);
  CHECK_FALSE(counts->take_open({"b"}, noon));
  CHECK_FALSE(counts->take_unauthorized("a", noon));
  CHECK(counts->take_unauthorized("a", noon) == 1'000ms);
  CHECK_FALSE(counts->take_negotiate("a", noon));
}

TEST_CASE("limits that are off count and refuse nothing", "[net][counts]") {
  config::limit_options limits;
  limits.enabled = false;
  limits.unauthenticated_per_ip = 1;
  limits.negotiates_per_s = 1;
  limits.negotiates_burst = limits.opens_burst = limits.unauthorized_burst = 1;
  const auto counts = std::make_shared<connection_counts>(limits);
  const auto held = counts->take_unknown("a");
  CHECK(counts->take_unknown("a"));
  for (int i = 0; i < 3; ++i) {
    CHECK_FALSE(counts->take_negotiate("a", noon));
    CHECK_FALSE(counts->take_open({"a"}, noon));
    CHECK_FALSE(counts->take_unauthorized("a", noon));
  }
}
