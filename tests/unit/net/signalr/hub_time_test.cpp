#include "net/signalr/hub_connection.hpp"

#include <catch2/catch.hpp>

#include "tests/support/hub_client.hpp"

using namespace parley;
using namespace parley::test;
using std::chrono::milliseconds;
using std::chrono::seconds;
using records = std::vector<std::string>;

namespace {

const std::string ping = R"({"type":6})";

}  // namespace

// -- handshake --------------------------------------------------------------------------------------

TEST_CASE("a refused handshake is answered and ends the connection", "[net][hub][handshake]") {
  hub_client c;
  c.record(R"({"protocol":"xml","version":1})");
  CHECK(c.transport.take() == records{R"({"error":"The protocol 'xml' is not supported."})"});
  CHECK(c.transport.ends == std::vector{false});
  CHECK(c.host.opened.empty());
  c.record(R"({"protocol":"json","version":1})");
  CHECK(c.transport.take().empty());
  CHECK(c.host.closed.empty());
}

TEST_CASE("a handshake must be complete in time however slowly it trickles",
          "[net][hub][handshake]") {
  hub_client c;
  const std::string text = R"({"protocol":"json","version":1})";
  for (int i = 0; i < 14; ++i) {
    c.write(std::string_view{text}.substr(static_cast<std::size_t>(i), 1));
    c.wait(seconds{1});
  }
  CHECK(c.transport.ends.empty());
  c.wait(milliseconds{1'250});
  CHECK(c.transport.take() == records{R"({"error":"Handshake was canceled."})"});
  CHECK(c.transport.ends == std::vector{false});
}

TEST_CASE("a handshake without an end is bounded", "[net][hub][handshake]") {
  hub_client c;
  c.write(std::string(32 * 1024 - 1, 'x'));
  CHECK(c.transport.ends.empty());
  c.write("x");
  CHECK(c.transport.take() == records{R"({"error":"Handshake was canceled."})"});
}

TEST_CASE("a handshake is too long, however it comes", "[net][hub][handshake]") {
  const std::string open = R"({"protocol":"json","version":1,"pad":")", close = "\"}\x1e";
  const auto of_size = [&](std::size_t size) {
    return open + std::string(size - open.size() - close.size(), 'x') + close;
  };
  hub_client good;
  good.write(of_size(32 * 1024));
  CHECK(good.transport.take() == records{"{}"});
  hub_client bad;
  bad.write(of_size(32 * 1024 + 1));
  CHECK(bad.transport.take() == records{R"({"error":"Handshake was canceled."})"});
  CHECK(bad.transport.ends == std::vector{false});
}

// -- time -------------------------------------------------------------------------------------------

TEST_CASE("a ping goes out when nothing else was sent for the keep-alive time", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  c.connection->note_sent();
  c.wait(seconds{14});
  CHECK(c.transport.take().empty());
  c.connection->note_sent();
  c.wait(seconds{14});
  CHECK(c.transport.take().empty());
  c.wait(seconds{2});
  CHECK(c.transport.take() == records{ping});
  c.wait(seconds{16});
  CHECK(c.transport.take() == records{ping});
}

TEST_CASE("the client timeout runs only after the first ping", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  c.wait(seconds{120});
  CHECK(c.transport.ends.empty());
  c.record(ping);
  c.wait(seconds{29});
  CHECK(c.transport.ends.empty());
  c.record(R"({"type":42})");
  c.wait(seconds{29});
  CHECK(c.transport.ends.empty());
  c.transport.take();
  c.wait(seconds{2});
  CHECK(c.transport.take() == records{R"({"type":7,"allowReconnect":true})"});
  CHECK(c.transport.ends == std::vector{false});
  CHECK(c.host.closed == std::vector<std::pair<std::uint64_t, bool>>{{7, false}});
}

TEST_CASE("a client that is not read does not time out", "[net][hub]") {
  hub_client c;
  c.host.settings.hub.max_pending_invocations = 1;
  c.shake_hands();
  c.record(ping);
  c.invoke("1", "JoinConversation", R"(["x"])");
  REQUIRE_FALSE(c.transport.is_reading);
  c.wait(seconds{60});
  CHECK(c.transport.ends.empty());
  c.answer(0);
  c.wait(seconds{29});
  CHECK(c.transport.ends.empty());
}
// -- the end of a token, and pings --------------------------------------------------------------------

TEST_CASE("a token's end, skew counted, ends its connection with leave to come back",
          "[net][hub][expiry]") {
  hub_client c;
  c.host.settings.auth.clock_skew_s = 30;
  c.connection->extend({c.host.time.now().ms + 5'000});
  c.shake_hands();
  c.wait(seconds{34});
  CHECK(c.transport.ends.empty());
  c.transport.take();
  c.wait(seconds{1});
  CHECK(c.transport.take() == records{R"({"type":7,"allowReconnect":true})"});
  CHECK(c.transport.ends == std::vector{false});
  CHECK(c.host.closed.size() == 1);
}

TEST_CASE("a newer token extends a connection, an older one never shortens it",
          "[net][hub][expiry]") {
  hub_client c;
  c.host.settings.auth.clock_skew_s = 0;
  const auto start = c.host.time.now().ms;
  c.connection->extend({start + 5'000});
  c.connection->extend({start + 20'000});
  c.connection->extend({start + 10'000});
  c.connection->extend({});
  c.shake_hands();
  c.wait(seconds{19});
  CHECK(c.transport.ends.empty());
  c.wait(seconds{1});
  CHECK(c.transport.ends.size() == 1);
}

TEST_CASE("a connection without a token does not end by the clock", "[net][hub][expiry]") {
  hub_client c;
  c.shake_hands();
  c.wait(std::chrono::hours{1});
  CHECK(c.transport.ends.empty());
}

TEST_CASE("twenty pings a second are taken, a flood is ended", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  for (int second = 0; second < 30; ++second) {
    for (int i = 0; i < 20; ++i) c.record(ping);
    c.wait(seconds{1});
  }
  REQUIRE(c.transport.ends.empty());
  c.transport.take();
  for (int i = 0; i < 201; ++i) c.record(ping);
  CHECK(c.transport.take() ==
        records{R"({"type":7,"error":"The client pings too often.","allowReconnect":true})"});
  CHECK(c.transport.ends == std::vector{false});
  CHECK(c.transport.blames == 1);
}

TEST_CASE("without limits a client pings as it likes", "[net][hub]") {
  hub_client c;
  c.host.settings.limits.enabled = false;
  c.start();
  c.shake_hands();
  for (int i = 0; i < 1'000; ++i) c.record(ping);
  CHECK(c.transport.ends.empty());
}

// -- rates --------------------------------------------------------------------------------------------

namespace {

/// One call, refused for its rate.
void go_over_rate(hub_client& c) {
  c.invoke("r", "GetPresence", "[[]]");
  c.answer(c.host.asked_for.size() - 1,
           chat::outcome{chat::unexpected{chat::error{chat::errc::rate_limited, "slower", 40}}});
}

/// Until the minute number `which` since the connection opened has begun.
void until_minute(hub_client& c, int which, int now) {
  c.wait(std::chrono::minutes{which - now});
}

}  // namespace

TEST_CASE("a refusal for now says when to come back", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  go_over_rate(c);
  CHECK(c.transport.take() ==
        records{R"({"type":3,"invocationId":"r","error":"An unexpected error occurred invoking )"
                R"('GetPresence' on the server. HubException: rate_limited: slower; )"
                R"(retryAfterMs=40"})"});
}

TEST_CASE("a client that goes over its rate in three minutes in a row is closed", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  for (int i = 0; i < 10; ++i) go_over_rate(c);
  until_minute(c, 1, 0);
  for (int i = 0; i < 10; ++i) go_over_rate(c);
  CHECK(c.transport.ends.empty());
  until_minute(c, 2, 1);
  c.transport.take();
  go_over_rate(c);
  CHECK(c.transport.take().back() ==
        R"({"type":7,"error":"The client goes over a rate again and again."})");
  CHECK(c.transport.ends.size() == 1);
}

TEST_CASE("a minute without a refusal is forgiveness", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  go_over_rate(c);
  until_minute(c, 1, 0);
  go_over_rate(c);
  until_minute(c, 3, 1);
  go_over_rate(c);
  until_minute(c, 4, 3);
  go_over_rate(c);
  CHECK(c.transport.ends.empty());
}
