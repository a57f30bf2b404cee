#include "chat/member_index.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <string>

using namespace parley::chat;

namespace {

/// Every user is found at its place, and nobody else.
void check(const member_index& index, const std::vector<user_id>& users) {
  for (std::size_t i = 0; i < users.size(); ++i) {
    const auto place = index.find(users, users[i]);
    REQUIRE(place);
    REQUIRE(*place == i);
  }
  for (const auto* stranger : {"", "a", "user-", "zzz"})
    CHECK_FALSE(index.find(users, user_id{stranger}));
}

auto some_users(std::size_t first, std::size_t count, std::mt19937& random)
    -> std::vector<user_id> {
  std::vector<user_id> users;
  for (std::size_t i = 0; i < count; ++i) users.push_back({"user-" + std::to_string(first + i)});
  std::shuffle(users.begin(), users.end(), random);
  return users;
}

}  // namespace

TEST_CASE("members are found wherever they stand, as they come and go", "[chat][members]") {
  std::mt19937 random{GENERATE(1u, 2u, 3u)};
  auto users = some_users(0, GENERATE(0u, 5u, 32u, 33u, 200u), random);
  member_index index;
  index.build(users);
  check(index, users);
  std::size_t next = users.size();
  for (int round = 0; round < 40; ++round) {
    const auto before = users.size();
    if (random() % 2 == 0 || users.empty()) {
      const auto fresh = some_users(next, 1 + random() % 40, random);
      next += fresh.size();
      users.insert(users.end(), fresh.begin(), fresh.end());
      index.grow(users, before);
    } else {
      const auto place = random() % users.size();
      users.erase(users.begin() + static_cast<std::ptrdiff_t>(place));
      index.drop(place, users.size());
    }
    check(index, users);
  }
}

TEST_CASE("a list that has become short and grows again is found in", "[chat][members]") {
  std::mt19937 random{4};
  auto users = some_users(0, 33, random);
  member_index index;
  index.build(users);
  users.pop_back();
  index.drop(32, users.size());
  check(index, users);
  const auto fresh = some_users(100, 10, random);
  const auto before = users.size();
  users.insert(users.end(), fresh.begin(), fresh.end());
  index.grow(users, before);
  check(index, users);
}
