// Who types in a conversation, and who has heard of it; no actor.

#include "actors/conversation/typing.hpp"

#include <catch2/catch.hpp>

#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::test;
using actors::typists;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const typists::time start{seconds{100}};

auto people_of(std::vector<chat::user_id> users) -> chat::people {
  return std::make_shared<const std::vector<chat::user_id>>(std::move(users));
}

}  // namespace

TEST_CASE("who begins to type is told of, and again after three seconds", "[actors][typing]") {
  typists all;
  CHECK(all.empty());
  CHECK(all.begin(alice, start, start + seconds{5}));
  CHECK_FALSE(all.begin(alice, start + milliseconds{2'999}, start + seconds{8}));
  CHECK(all.announced(alice) == start);
  CHECK(all.begin(alice, start + seconds{3}, start + seconds{8}));
  CHECK(all.announced(alice) == start + seconds{3});
  CHECK(all.begin(bob, start, start + seconds{5}));
}

TEST_CASE("the end is told to whom the beginning was", "[actors][typing]") {
  typists all;
  all.begin(alice, start, start + seconds{5});
  all.note_told(alice, people_of({carol}));
  const auto spared = all.end(alice);
  REQUIRE(spared);
  CHECK(*spared == std::vector{carol});
  CHECK(all.empty());
  CHECK_FALSE(all.end(alice));
}

TEST_CASE("nobody hears the end of what nobody has heard begin", "[actors][typing]") {
  typists all;
  all.begin(alice, start, start + seconds{5});
  CHECK_FALSE(all.end(alice));
  CHECK(all.empty());
  all.note_told(alice, people_of({}));
  CHECK_FALSE(all.announced(alice));
  CHECK(all.empty());
}

TEST_CASE("told twice, only who was spared both times has heard nothing", "[actors][typing]") {
  typists all;
  all.begin(alice, start, start + seconds{5});
  all.note_told(alice, people_of({bob, carol}));
  all.note_told(alice, people_of({carol, dave}));
  CHECK(*all.end(alice) == std::vector{carol});
}

TEST_CASE("typing is over at its time, and the next end is known", "[actors][typing]") {
  typists all;
  all.begin(alice, start, start + seconds{5});
  all.begin(bob, start, start + seconds{3});
  CHECK(all.next_end() == start + seconds{3});
  CHECK(all.over(start + milliseconds{2'999}).empty());
  CHECK(all.over(start + seconds{3}) == std::vector{bob});
  all.begin(bob, start + seconds{1}, start + seconds{6});
  CHECK(all.next_end() == start + seconds{5});
  CHECK(all.over(start + seconds{6}) == std::vector{alice, bob});
}
