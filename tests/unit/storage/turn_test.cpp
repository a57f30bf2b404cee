#include "storage/turn.hpp"

#include <catch2/catch.hpp>

#include <thread>
#include <vector>

using namespace parley;
using namespace std::chrono_literals;

TEST_CASE("a turn that is taken does not come before it is given", "[storage][turn]") {
  storage::turn writing;
  REQUIRE(writing.take(0ms));
  CHECK_FALSE(writing.take(1ms));
  writing.give();
  CHECK(writing.take(0ms));
}

TEST_CASE("turns come in the order in which they were waited for", "[storage][turn]") {
  storage::turn writing;
  REQUIRE(writing.take(0ms));
  std::vector<int> order;
  std::vector<std::thread> all;
  for (int i = 0; i < 8; ++i) {
    all.emplace_back([&writing, &order, i] {
      const bool had = writing.take(20s);
      order.push_back(had ? i : -1);
      writing.give();
    });
    while (writing.waiting() != all.size()) std::this_thread::yield();
  }
  writing.give();
  for (auto& one : all) one.join();
  CHECK(order == std::vector{0, 1, 2, 3, 4, 5, 6, 7});
}

TEST_CASE("whoever has given up waiting is passed over", "[storage][turn]") {
  storage::turn writing;
  REQUIRE(writing.take(0ms));
  std::thread gives_up{[&] { CHECK_FALSE(writing.take(1ms)); }};
  gives_up.join();
  writing.give();
  CHECK(writing.take(0ms));
}
