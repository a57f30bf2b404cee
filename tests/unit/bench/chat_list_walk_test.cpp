#include "bench/load/caught_up.hpp"
#include "bench/load/chat_list_walk.hpp"

#include <catch2/catch.hpp>

#include "bench/wire/failure.hpp"

using namespace parley::bench;

TEST_CASE("a walk through the chat list follows its rows", "[bench][chats]") {
  const auto page = read_chat_rows(
      R"({"type":3,"invocationId":"list","result":[{"id":"b","lastMessage":{"id":"m"},)"
      R"("lastActivityAt":"2026-01-02"},{"id":"a","lastActivityAt":"2026-01-01"}]})");
  REQUIRE(page.size() == 2);
  chat_list_walk walk;
  CHECK(walk.mark().empty());
  walk.take(page);
  CHECK(walk.mark() == "2026-01-01|a");
  CHECK_NOTHROW(walk.finish({"a", "b"}));
  SECTION("and notices a row that is missing") {
    CHECK_THROWS_AS(walk.finish({"a", "b", "c"}), run_failure);
  }
  SECTION("and a row that comes twice, or out of order") {
    CHECK_THROWS_AS(walk.take({{"a", "2026-01-01"}}), run_failure);
    CHECK_THROWS_AS(walk.take({{"c", "2026-01-03"}}), run_failure);
  }
}

TEST_CASE("what a storm's user catches up with is checked", "[bench][storm]") {
  caught_up answer{"c", true, 3, {}};
  answer.events.push_back({"MessageReceived", "message 0 xx", 2});
  answer.events.push_back({"MessageReceived", "message 1 xx", 3});
  CHECK_NOTHROW(check_missed(answer, 2, 2));
  SECTION("a message lost") {
    answer.events.pop_back();
    CHECK_THROWS_AS(check_missed(answer, 2, 2), run_failure);
  }
  SECTION("two orders") {
    std::swap(answer.events[0].content, answer.events[1].content);
    CHECK_THROWS_AS(check_missed(answer, 2, 2), run_failure);
  }
  SECTION("a gap") {
    answer.events[1].seq = 4;
    CHECK_THROWS_AS(check_missed(answer, 2, 2), run_failure);
  }
  SECTION("nothing recovered") {
    answer.recovered = false;
    CHECK_THROWS_AS(check_missed(answer, 2, 2), run_failure);
  }
}
