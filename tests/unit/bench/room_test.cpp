#include "bench/load/content.hpp"
#include "bench/load/room.hpp"

#include <catch2/catch.hpp>

#include "bench/wire/failure.hpp"

using namespace parley::bench;

namespace {

constexpr std::int64_t noon = 1'000'000;

struct delivery {
  delivery(std::uint64_t number, std::int64_t seq, std::string_view room = "c") {
    write_content(text, number, 40);
    record.conversation_id = room;
    record.content = text;
    record.seq = seq;
  }
  std::string text;
  hub_record record;
};

auto ack(std::string_view id, std::int64_t seq) -> hub_record {
  hub_record out;
  out.type = 3;
  out.invocation_id = id;
  out.seq = seq;
  return out;
}

}  // namespace

TEST_CASE("a message is done when acked and delivered to all", "[bench][room]") {
  room club(0, "c", 2);
  const auto sender = club.next_sender();
  CHECK(club.begin_message(sender, noon, noon) == 0);
  CHECK_FALSE(club.on_delivery(0, delivery(0, 5).record, noon).is_done);
  CHECK_FALSE(club.on_ack(sender, ack("0", 5), noon).is_done);
  CHECK(club.on_delivery(1, delivery(0, 5).record, noon).is_done);
  CHECK(club.outstanding() == 0);
}

TEST_CASE("a room notices what a server must not do", "[bench][room]") {
  room club(0, "c", 2);
  for (int i = 0; i < 3; ++i) club.begin_message(0, noon, noon);
  club.on_delivery(0, delivery(0, 5).record, noon);
  const auto fails = [&](std::uint32_t member, const delivery& what) {
    CHECK_THROWS_AS(club.on_delivery(member, what.record, noon), run_failure);
  };
  SECTION("a gap") {
    fails(0, {2, 7});
  }
  SECTION("a repetition") {
    fails(0, {0, 5});
  }
  SECTION("another room") {
    fails(0, {1, 6, "d"});
  }
  SECTION("two seqs for one message") {
    fails(1, {0, 4});
  }
  SECTION("a message nobody sent") {
    fails(1, {9, 5});
  }
  SECTION("an ack that contradicts a delivery") {
    CHECK_THROWS_AS(club.on_ack(0, ack("0", 6), noon), run_failure);
  }
  SECTION("an ack to a stranger") {
    CHECK_THROWS_AS(club.on_ack(1, ack("0", 5), noon), run_failure);
  }
  SECTION("a second ack") {
    club.on_ack(0, ack("0", 5), noon);
    CHECK_THROWS_AS(club.on_ack(0, ack("0", 5), noon), run_failure);
  }
  SECTION("a delivery that never comes") {
    CHECK_NOTHROW(club.check_progress(noon + 9, 10));
    CHECK_THROWS_AS(club.check_progress(noon + 10, 10), run_failure);
  }
}

TEST_CASE("a member with eight unanswered sends is passed over", "[bench][room]") {
  room club(0, "c", 2);
  for (std::uint32_t i = 0; i < 2 * room::max_unanswered; ++i) {
    club.begin_message(club.next_sender(), noon, noon);
  }
  CHECK(club.next_sender() == club.members());
  club.on_ack(1, ack("0", 1), noon);
  CHECK(club.next_sender() == 1);
}
