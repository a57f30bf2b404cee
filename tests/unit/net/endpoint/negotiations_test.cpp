#include "net/endpoint/negotiations.hpp"

#include <catch2/catch.hpp>

#include <set>

#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::net::signalr;
using namespace parley::test;
using namespace std::chrono_literals;

namespace {

constexpr negotiations::steady start{1h};

}  // namespace

TEST_CASE("a token is used once, by its secret name", "[net][negotiations]") {
  negotiations all{15s, 10};
  const auto ticket = all.issue({alice}, start);
  REQUIRE(ticket);
  CHECK(ticket->connection_id != ticket->connection_token);
  CHECK_FALSE(all.redeem(ticket->connection_id, start));
  CHECK_FALSE(all.redeem("", start));
  CHECK(all.redeem(ticket->connection_token, start + 1s)->user == alice);
  CHECK_FALSE(all.redeem(ticket->connection_token, start + 1s));
}

TEST_CASE("version 0 has one id, which is the token", "[net][negotiations]") {
  negotiations all{15s, 10};
  const auto ticket = all.issue({alice}, start, false);
  REQUIRE(ticket);
  CHECK(ticket->connection_id == ticket->connection_token);
  CHECK(all.redeem(ticket->connection_id, start)->connection_id == ticket->connection_id);
}

TEST_CASE("asking whose a token is does not use it up", "[net][negotiations]") {
  negotiations all{15s, 10};
  const auto ticket = all.issue({alice}, start);
  REQUIRE(ticket);
  CHECK(all.owner_of(ticket->connection_token, start + 15s) == alice);
  CHECK_FALSE(all.owner_of(ticket->connection_token, start + 16s));
  CHECK_FALSE(all.owner_of(ticket->connection_id, start));
  CHECK(all.redeem(ticket->connection_token, start)->user == alice);
  CHECK_FALSE(all.owner_of(ticket->connection_token, start));
}

TEST_CASE("a token that nobody uses grows too old", "[net][negotiations]") {
  negotiations all{15s, 10};
  const auto one = all.issue({alice}, start);
  const auto two = all.issue({bob}, start);
  REQUIRE((one && two));
  CHECK(all.redeem(one->connection_token, start + 15s)->user == alice);
  CHECK_FALSE(all.redeem(two->connection_token, start + 15'001ms));
}

TEST_CASE("the tokens that wait are bounded, old ones make room", "[net][negotiations]") {
  negotiations all{15s, 2};
  const auto first = all.issue({alice}, start);
  REQUIRE((first && all.issue({alice}, start)));
  CHECK(all.issue({alice}, start).error().code == chat::errc::busy);
  REQUIRE(all.redeem(first->connection_token, start));
  CHECK(all.issue({alice}, start + 5s));
  CHECK(all.issue({alice}, start + 6s).error().code == chat::errc::busy);
  CHECK(all.issue({alice}, start + 16s));
}

TEST_CASE("tokens are 22 characters that a URL carries as they are", "[net][negotiations]") {
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) {
    const auto token = random_token();
    CHECK(token.size() == 22);
    CHECK(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789-_") == std::string::npos);
    seen.insert(token);
  }
  CHECK(seen.size() == 1'000);
}
