#include "net/transports/open_connections.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "tests/support/http_exchange.hpp"

using namespace parley;
using namespace parley::net;
using parley::test::http_exchange;

TEST_CASE("a reply reaches its exchange on the exchange's own thread, once", "[net][transports]") {
  const config::options options;
  io_thread home{options};
  const auto exchange = http_exchange::make();
  std::thread([to = exchange->back(home)]() mutable {
    to(http::status::accepted);
    CHECK_FALSE(to);
    to(http::status::ok);
  }).join();
  CHECK(exchange->status == 0);
  home.io().poll();
  CHECK(exchange->status == 202);
  CHECK(exchange->answers == 1);
}

TEST_CASE("a reply to an exchange that is gone is dropped", "[net][transports]") {
  const config::options options;
  io_thread home{options};
  auto exchange = http_exchange::make();
  auto to = exchange->back(home);
  exchange.reset();
  CHECK(to);
  CHECK_NOTHROW(to(http::status::ok));
  home.io().poll();
}

TEST_CASE("a reply knows whose it is", "[net][transports]") {
  const config::options options;
  io_thread home{options};
  const auto mine = http_exchange::make();
  const auto other = http_exchange::make();
  CHECK(mine->back(home).is_to(mine));
  CHECK_FALSE(mine->back(home).is_to(other));
}

TEST_CASE("a token is known until its registration ends", "[net][transports]") {
  http_transports open;
  CHECK_FALSE(open.find("a"));
  {
    auto first = open.add("a", {{"alice"}, carrier::websocket, nullptr, {}});
    CHECK(open.find("a")->user.value == "alice");
    http_transports::registration moved{std::move(first)};
    first.end();
    CHECK(open.find("a"));
    http_transports::registration none;
    moved = std::move(none);
    CHECK_FALSE(open.find("a"));
    moved = open.add("b", {{"bob"}, carrier::long_polling, nullptr, {}});
    CHECK(open.find("b")->kind == carrier::long_polling);
  }
  CHECK_FALSE(open.find("b"));
}
