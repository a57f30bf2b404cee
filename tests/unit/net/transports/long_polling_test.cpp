#include "net/transports/long_polling.hpp"

#include <catch2/catch.hpp>

#include "tests/support/fake_host.hpp"
#include "tests/support/http_exchange.hpp"
#include "tests/support/people.hpp"

using namespace parley;
using namespace std::chrono_literals;
using parley::test::http_exchange;

namespace {

const std::string handshake = "{\"protocol\":\"json\",\"version\":1}\x1e";

/// A long-polling connection on a thread that the test turns by hand.
struct polling_world {
  polling_world() {
    host.settings.hub.flush_gap_us = 0;
    thread.attach(host);
    net::open_long_polling(thread, {{test::alice, {}, {}, {}, {}}, {}, {}, {}}, open, "token");
    connection = open.find("token")->who.lock();
  }
  ~polling_world() {
    if (open.find("token")) connection->on_delete({});
    connection.reset();
    thread.io().poll();
  }

  auto poll() {
    auto exchange = http_exchange::make();
    connection->on_poll(exchange->back(thread));
    thread.io().poll();
    return exchange;
  }
  auto post(std::string body) {
    auto exchange = http_exchange::make();
    connection->on_post(std::move(body), exchange->back(thread));
    thread.io().poll();
    return exchange->status;
  }
  void shake_hands() {
    const auto waiting = poll();
    REQUIRE(post(handshake) == 200);
    REQUIRE(waiting->body == "{}\x1e");
  }
  void wait(std::chrono::milliseconds time) {
    host.time.turn(time);
    dynamic_cast<net::connection&>(*connection).on_tick(host.time.steady_now());
    thread.io().poll();
  }

  test::fake_host host;
  net::http_transports open;
  net::io_thread thread{host.settings};
  std::shared_ptr<net::http_carried> connection;
};

}  // namespace

TEST_CASE("a poll waits for something to say and gets all of it", "[net][long_polling]") {
  polling_world w;
  w.shake_hands();
  const std::string bad = "{\"type\":1,\"target\":\"X\",\"arguments\":[],\"invocationId\":\"";
  CHECK(w.post(bad + "1\"}\x1e" + bad + "2\"}\x1e") == 200);
  const auto said = w.poll();
  CHECK(said->status == 200);
  CHECK(std::count(said->body.begin(), said->body.end(), '\x1e') == 2);
}

TEST_CASE("a newer poll ends the one that waits with 204", "[net][long_polling]") {
  polling_world w;
  const auto older = w.poll();
  CHECK(older->status == 0);
  const auto newer = w.poll();
  CHECK(older->status == 204);
  CHECK(newer->status == 0);
}

TEST_CASE("a poll with nothing to say is answered empty in time", "[net][long_polling]") {
  polling_world w;
  w.shake_hands();
  const auto waiting = w.poll();
  w.wait(25'000ms);
  CHECK(waiting->status == 0);
  w.wait(1ms);
  CHECK(waiting->status == 200);
  CHECK(waiting->body.empty());
}

TEST_CASE("a client that does not poll is gone after the disconnect timeout",
          "[net][long_polling]") {
  polling_world w;
  w.shake_hands();
  w.wait(15'000ms);
  CHECK(w.open.find("token"));
  w.wait(1ms);
  CHECK_FALSE(w.open.find("token"));
  CHECK(w.host.closed == std::vector<std::pair<std::uint64_t, bool>>{{7, false}});
  CHECK(w.poll()->status == 404);
  CHECK(w.post(handshake) == 404);
}

TEST_CASE("a poll that was given up counts as none", "[net][long_polling]") {
  polling_world w;
  w.shake_hands();
  const auto waiting = w.poll();
  w.connection->on_poll_abandoned(waiting);
  CHECK(w.post("{\"type\":1,\"target\":\"X\",\"arguments\":[],\"invocationId\":\"1\"}\x1e") == 200);
  CHECK(waiting->status == 0);
  CHECK(w.poll()->body.find("\"invocationId\":\"1\"") != std::string::npos);
}

TEST_CASE("a Close is polled first, then comes 204, then nothing is left", "[net][long_polling]") {
  polling_world w;
  w.shake_hands();
  CHECK(w.post("{\"type\":7}\x1e") == 200);
  CHECK(w.post(handshake) == 404);
  CHECK(w.poll()->body == "{\"type\":7}\x1e");
  CHECK(w.poll()->status == 204);
  CHECK_FALSE(w.open.find("token"));
}

TEST_CASE("DELETE ends the poll with 204 and the session cleanly", "[net][long_polling]") {
  polling_world w;
  w.shake_hands();
  const auto waiting = w.poll();
  const auto exchange = http_exchange::make();
  w.connection->on_delete(exchange->back(w.thread));
  w.thread.io().poll();
  CHECK(exchange->status == 202);
  CHECK(waiting->status == 204);
  CHECK(w.host.closed == std::vector<std::pair<std::uint64_t, bool>>{{7, true}});
}

TEST_CASE("a long-polling client is never pinged", "[net][long_polling]") {
  polling_world w;
  w.shake_hands();
  const auto waiting = w.poll();
  for (int i = 0; i < 24; ++i) w.wait(1'000ms);
  CHECK(waiting->status == 0);
}

TEST_CASE("a draining server says goodbye to the poll that waits", "[net][long_polling]") {
  polling_world w;
  w.shake_hands();
  const auto waiting = w.poll();
  dynamic_cast<net::connection&>(*w.connection).shut_down();
  w.thread.io().poll();
  CHECK(waiting->body == "{\"type\":7,\"allowReconnect\":true}\x1e");
}

TEST_CASE("between two polls the goodbye waits for the next one", "[net][long_polling]") {
  polling_world w;
  w.shake_hands();
  dynamic_cast<net::connection&>(*w.connection).shut_down();
  w.wait(1s);
  CHECK(w.poll()->body == "{\"type\":7,\"allowReconnect\":true}\x1e");
  CHECK(w.poll()->status == 204);
  CHECK_FALSE(w.open.find("token"));
}

TEST_CASE("a client that does not poll keeps a draining server two seconds at most",
          "[net][long_polling]") {
  polling_world w;
  w.shake_hands();
  w.wait(1s);
  dynamic_cast<net::connection&>(*w.connection).shut_down();
  w.wait(2s);
  CHECK(w.open.find("token"));
  w.wait(250ms);
  CHECK_FALSE(w.open.find("token"));
}

TEST_CASE("a token's end is told with the poll that waits", "[net][long_polling]") {
  polling_world w;
  w.host.settings.auth.clock_skew_s = 0;
  w.connection->extend({w.host.time.now().ms + 3'000});
  w.shake_hands();
  const auto waiting = w.poll();
  w.wait(2s);
  CHECK(waiting->status == 0);
  w.wait(1s);
  CHECK(waiting->body == "{\"type\":7,\"allowReconnect\":true}\x1e");
}
