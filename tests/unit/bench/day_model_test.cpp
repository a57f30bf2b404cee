#include "bench/load/day_model.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

using namespace parley::bench;
using kind = day_action::kind;

TEST_CASE("a seed makes one day, another seed another", "[bench][day]") {
  day_model one(7, 60, 100);
  day_model same(7, 60, 100);
  day_model other(8, 60, 100);
  bool differs = false;
  for (int i = 0; i < 1000; ++i) {
    const auto a = one.next();
    const auto b = same.next();
    const auto c = other.next();
    REQUIRE(a.at_ns == b.at_ns);
    REQUIRE(a.what == b.what);
    REQUIRE(a.user == b.user);
    REQUIRE(a.conversation == b.conversation);
    differs |= a.user != c.user;
  }
  CHECK(differs);
}

TEST_CASE("no two people of a day meet in two direct conversations", "[bench][day]") {
  const auto users = GENERATE(16U, 17U, 60U);
  std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
  const day_model model(1, users, 1);
  for (const auto& who : model.members()) {
    if (who.size() == 2) CHECK(pairs.insert(std::minmax(who[0], who[1])).second);
    CHECK(std::set<std::uint32_t>(who.begin(), who.end()).size() == who.size());
  }
  CHECK(pairs.size() == users);
}

TEST_CASE("only who is there acts, in a conversation of theirs, at the rate", "[bench][day]") {
  day_model model(3, 60, 100);
  std::vector<bool> there;
  for (std::uint32_t user = 0; user < 60; ++user) there.push_back(model.is_there(user));
  day_action last;
  int posts = 0;
  for (int i = 0; i < 10'000; ++i) {
    last = model.next();
    const bool comes = last.what == kind::come;
    REQUIRE(there[last.user] != comes);
    if (comes || last.what == kind::go) {
      there[last.user] = comes;
      continue;
    }
    posts += last.what == kind::post ? 1 : 0;
    if (last.what == kind::chats) continue;
    const auto& mine = model.conversations()[last.user];
    REQUIRE(std::find(mine.begin(), mine.end(), last.conversation) != mine.end());
  }
  CHECK(static_cast<double>(last.at_ns) == Approx(100e9).epsilon(0.05));
  CHECK(posts == Approx(4'000).epsilon(0.05));
}
