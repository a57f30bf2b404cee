// Posts that wait behind a look-up; no actor.

#include "actors/conversation/post_lines.hpp"

#include <catch2/catch.hpp>

#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::test;
using actors::post_lines;

namespace {

void wait(post_lines& lines, const chat::user_id& user, std::string text) {
  auto* const waiting = lines.waiting(user);
  REQUIRE(waiting != nullptr);
  chat::caller from;
  from.user = user;
  waiting->push_back({from, chat::post{{}, std::move(text), {}, {}, {}}, {}});
}

}  // namespace

TEST_CASE("posts wait as long as something is looked up, and go in their order",
          "[actors][post_lines]") {
  post_lines lines;
  CHECK(lines.waiting(alice) == nullptr);
  lines.begin_look_up(alice);
  lines.begin_look_up(alice);
  wait(lines, alice, "one");
  wait(lines, alice, "two");
  CHECK(lines.waiting(bob) == nullptr);
  lines.end_look_up(alice);
  CHECK_FALSE(lines.take_next(alice));
  lines.end_look_up(alice);
  CHECK(lines.take_next(alice)->what.content == "one");
  lines.begin_look_up(alice);  // for the first of them
  CHECK_FALSE(lines.take_next(alice));
  lines.end_look_up(alice);
  CHECK(lines.take_next(alice)->what.content == "two");
  CHECK_FALSE(lines.empty());
  CHECK_FALSE(lines.take_next(alice));
  CHECK(lines.empty());
  CHECK(lines.waiting(alice) == nullptr);
}

TEST_CASE("users do not wait for each other", "[actors][post_lines]") {
  post_lines lines;
  lines.begin_look_up(alice);
  lines.begin_look_up(bob);
  wait(lines, bob, "hello");
  lines.end_look_up(bob);
  CHECK(lines.users() == std::vector{alice, bob});
  CHECK(lines.take_next(bob)->from.user == bob);
  CHECK_FALSE(lines.take_next(bob));
  CHECK(lines.users() == std::vector{alice});
}

TEST_CASE("all posts are taken out, and their look-ups go on", "[actors][post_lines]") {
  post_lines lines;
  lines.begin_look_up(alice);
  lines.begin_look_up(bob);
  wait(lines, alice, "one");
  wait(lines, bob, "two");
  CHECK(lines.take_all().size() == 2);
  CHECK(lines.take_all().empty());
  REQUIRE(lines.waiting(alice) != nullptr);
  lines.end_look_up(alice);
  CHECK_FALSE(lines.take_next(alice));
  CHECK(lines.waiting(alice) == nullptr);
}
