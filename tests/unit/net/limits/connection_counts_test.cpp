#include "net/limits/connection_counts.hpp"

#include "net/limits/unserved.hpp"

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

TEST_CASE("open sockets are bounded by address and in all", "[net][counts]") {
  config::limit_options limits;
  limits.sockets_per_ip = 2;
  limits.sockets = 4;
  std::vector<std::string> told;
  const auto counts = std::make_shared<connection_counts>(
      limits, 0, [&](const std::string& address) { told.push_back(address); });
  auto one = counts->take_socket("a");
  const auto two = counts->take_socket("a");
  CHECK_FALSE(counts->take_socket("a"));
  CHECK(told == std::vector<std::string>{"a"});
  const auto three = counts->take_socket("b");
  const auto four = counts->take_socket("");  // a trusted proxy's
  CHECK(four);
  CHECK_FALSE(counts->take_socket("c"));
  CHECK_FALSE(counts->take_socket(""));
  one.reset();
  CHECK(counts->take_socket("c"));
}

TEST_CASE("sockets never pass what the system has room for, limits or not", "[net][counts]") {
  config::limit_options limits;
  limits.enabled = GENERATE(true, false);
  limits.sockets = GENERATE(0, 100);
  const auto counts = std::make_shared<connection_counts>(limits, 2);
  const auto one = counts->take_socket("a");
  const auto two = counts->take_socket("b");
  CHECK(two);
  CHECK_FALSE(counts->take_socket("c"));
}

TEST_CASE("refusals by address are told, others are not", "[net][counts]") {
  config::limit_options limits;
  limits.connections_per_ip = 1;
  limits.connections_per_user = 2;
  limits.negotiates_burst = 1;
  std::vector<std::string> told;
  const auto counts = std::make_shared<connection_counts>(
      limits, 0, [&](const std::string& address) { told.push_back(address); });
  const auto held = counts->take({"ann"}, "a");
  const auto second = counts->take({"ann"}, "b");
  CHECK_FALSE(counts->take({"ann"}, "c"));
  CHECK(told.empty());
  CHECK_FALSE(counts->take({"bob"}, "a"));
  CHECK(told == std::vector<std::string>{"a"});
  CHECK_FALSE(counts->take_negotiate("d", noon));
  CHECK(counts->take_negotiate("d", noon));
  CHECK(told == std::vector<std::string>{"a", "d"});
}

TEST_CASE("a silent socket outstays its second when its address has too many", "[net][counts]") {
  const auto who = [](const char* address) {
    static const config::networks proxies = *config::networks::parse({"10.0.0.1"});
    return peer{*config::ip_address::parse(address), proxies};
  };
  config::limit_options limits;
  limits.unauthenticated_per_ip = 1;
  const auto counts = std::make_shared<connection_counts>(limits);
  const auto now = std::chrono::steady_clock::now();
  unserved one{*counts, who("203.0.113.1")};
  CHECK_FALSE(one.overstays(now + 1h));
  unserved two{*counts, who("203.0.113.1")};
  CHECK_FALSE(one.overstays(now));
  two.begin_anew(now + 2h);
  CHECK_FALSE(two.overstays(now + 2h));
  CHECK(one.overstays(now + 2h));
  CHECK_FALSE(one.overstays(now + 2h));
  CHECK_FALSE(two.overstays(now + 9h));
  for (int i = 0; i < 100; ++i) CHECK_FALSE(unserved{*counts, who("10.0.0.1")}.is_refused());
  std::vector<unserved> many;
  for (int i = 0; i < 9; ++i) many.emplace_back(*counts, who("203.0.113.1"));
  CHECK_FALSE(many.back().is_refused());
  many.emplace_back(*counts, who("203.0.113.1"));
  CHECK(many.back().is_refused());
  two.serve();
  CHECK_FALSE(unserved{*counts, who("203.0.113.1")}.is_refused());
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
