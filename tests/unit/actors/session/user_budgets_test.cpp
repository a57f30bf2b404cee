#include "actors/session/user_budgets.hpp"

#include <catch2/catch.hpp>

using namespace parley;
using namespace parley::actors;
using namespace std::chrono_literals;

namespace {

constexpr user_budget::steady noon{1h};

auto options_with(double per_s, double burst, double per_min) -> config::options {
  config::options options;
  options.limits.sends_per_s = per_s;
  options.limits.sends_burst = burst;
  options.limits.sends_per_min = per_min;
  return options;
}

auto sends_taken(user_budget& budget, user_budget::steady at, int tries) -> int {
  int taken = 0;
  for (int i = 0; i < tries; ++i) taken += budget.take_send(at) ? 0 : 1;
  return taken;
}

}  // namespace

TEST_CASE("a user has one budget, whoever asks and when", "[actors][budgets]") {
  const auto options = options_with(1, 3, 0);
  user_budgets budgets{options};
  CHECK(sends_taken(*budgets.of({"alice"}), noon, 10) == 3);
  CHECK(sends_taken(*budgets.of({"alice"}), noon, 10) == 0);  // nobody held it in between
  CHECK(sends_taken(*budgets.of({"bob"}), noon, 10) == 3);
}

TEST_CASE("sends are held to the minute as well as to the second", "[actors][budgets]") {
  const auto options = options_with(10, 10, 30);
  user_budget budget{options.limits};
  int taken = 0;
  for (int second = 0; second < 60; ++second)
    taken += sends_taken(budget, noon + std::chrono::seconds{second}, 20);
  CHECK(taken >= 58);
  CHECK(taken <= 60);  // the burst of a minute, and what a minute brings
}

TEST_CASE("a refused send says how long to wait", "[actors][budgets]") {
  const auto options = options_with(2, 1, 0);
  user_budget budget{options.limits};
  CHECK_FALSE(budget.take_send(noon));
  CHECK(budget.take_send(noon) == 500ms);
}

TEST_CASE("a budget that was used is kept until it is full again", "[actors][budgets]") {
  const auto options = options_with(1, 3, 0);
  user_budget budget{options.limits};
  CHECK(budget.is_full(noon));
  budget.take_send(noon);
  CHECK_FALSE(budget.is_full(noon + 999ms));
  CHECK(budget.is_full(noon + 1s));
}
