#include "bench/load/content.hpp"
#include "bench/load/follower.hpp"

#include <catch2/catch.hpp>

#include "bench/wire/failure.hpp"

using namespace parley::bench;

namespace {

constexpr std::string_view answer_record =
    R"({"type":3,"invocationId":"catch-up","result":[{"conversationId":"c","recovered":true,)"
    R"("events":[{"event":"ConversationCreated","seq":1,"data":{"title":null}},)"
    R"({"event":"MessageReceived","seq":2,"data":{"content":"message 7 xx","seq":2}}],)"
    R"("cursors":[{"userId":"u","readSeq":1}],"lastSeq":2}]})";

auto missed() -> caught_up {
  std::vector<caught_up> all;
  REQUIRE(read_caught_up(answer_record, all));
  REQUIRE(all.size() == 1);
  return all.front();
}

}  // namespace

TEST_CASE("CatchUp's answer is read", "[bench][day]") {
  const auto one = missed();
  CHECK(one.conversation_id == "c");
  CHECK(one.recovered);
  CHECK(one.last_seq == 2);
  REQUIRE(one.events.size() == 2);
  CHECK(one.events[0].event == "ConversationCreated");
  CHECK(one.events[1].seq == 2);
  CHECK(one.events[1].content == "message 7 xx");
  std::vector<caught_up> none;
  CHECK_FALSE(read_caught_up(R"({"type":3,"error":"busy"})", none));
}

TEST_CASE("a follower joins what it missed with what came live", "[bench][day]") {
  ledger book("c");
  follower one;
  SECTION("held until the answer") {
    CHECK_FALSE(one.on_live(book, 2, 7));
    CHECK_FALSE(one.on_live(book, 3, 8));
    one.on_caught_up(book, missed());
    CHECK(one.last_seq() == 3);
  }
  SECTION("and after it") {
    one.on_caught_up(book, missed());
    CHECK(one.on_live(book, 3, 8));
    CHECK(one.last_seq() == 3);
  }
  CHECK(book.last_seq() == 3);
}

TEST_CASE("a follower notices what a server must not do", "[bench][day]") {
  ledger book("c");
  follower one;
  SECTION("a message lost between the answer and what was held") {
    one.on_live(book, 4, 9);
    CHECK_THROWS_AS(one.on_caught_up(book, missed()), run_failure);
  }
  SECTION("an answer that begins too late") {
    auto answer = missed();
    answer.events.erase(answer.events.begin());
    CHECK_THROWS_AS(one.on_caught_up(book, answer), run_failure);
  }
  SECTION("an answer that recovers nothing") {
    auto answer = missed();
    answer.recovered = false;
    CHECK_THROWS_AS(one.on_caught_up(book, answer), run_failure);
  }
  SECTION("a held message that the answer contradicts") {
    one.on_live(book, 2, 8);
    CHECK_THROWS_AS(one.on_caught_up(book, missed()), run_failure);
  }
  SECTION("a gap, a repetition, a message stored twice, two orders") {
    one.on_caught_up(book, missed());
    CHECK_THROWS_AS(one.on_live(book, 4, 9), run_failure);
    CHECK_THROWS_AS(one.on_live(book, 2, 7), run_failure);
    CHECK_THROWS_AS(one.on_live(book, 3, 7), run_failure);
    book.note(3, 8);
    CHECK_THROWS_AS(book.note(3, 9), run_failure);
  }
}
