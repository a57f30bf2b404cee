#include "net/signalr/hub_connection.hpp"

#include <catch2/catch.hpp>

#include "tests/support/hub_client.hpp"

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;
using records = std::vector<std::string>;

namespace {

/// A record that asks for nothing.
const std::string idle = R"({"type":3,"invocationId":"x"})";

/// A client whose connection takes 20 records at once and 10 a second.
struct slow_client : hub_client {
  slow_client() {
    host.settings.limits.records_per_s = 10;
    host.settings.limits.records_burst = 20;
    start();
    shake_hands();
  }
  void idle_records(int count) {
    std::string all;
    for (int i = 0; i < count; ++i) all += idle + '\x1e';
    write(all);
  }
};

}  // namespace

TEST_CASE("a connection that sends too many records is read as slowly, and stays", "[net][hub]") {
  slow_client c;
  c.idle_records(19);
  c.invoke("last", "GetPresence", "[[]]");
  CHECK(c.host.asked_for.size() == 1);
  CHECK(c.transport.is_reading);
  c.answer(0);
  c.invoke("late", "GetPresence", "[[]]");
  CHECK(c.host.asked_for.size() == 1);
  CHECK_FALSE(c.transport.is_reading);
  c.wait(seconds{1});
  CHECK(c.host.asked_for.size() == 2);
  CHECK(c.transport.resumes == 1);
  CHECK(c.transport.ends.empty());
}

TEST_CASE("what waits behind a pause is taken at the rate", "[net][hub]") {
  slow_client c;
  c.idle_records(60);
  c.invoke("behind", "GetPresence", "[[]]");
  c.wait(seconds{3});
  CHECK(c.host.asked_for.empty());
  c.wait(seconds{2});
  CHECK(c.host.asked_for.size() == 1);
  CHECK(c.transport.ends.empty());
}

TEST_CASE("a client that is over no rate is never paused", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  for (int second = 0; second < 60; ++second) {
    for (int i = 0; i < 200; ++i) c.record(idle);
    CHECK(c.transport.is_reading);
    c.wait(seconds{1});
  }
}

TEST_CASE("a pause for too many records outlasts one for too many calls", "[net][hub]") {
  slow_client c;
  c.idle_records(4);
  for (int i = 0; i < 16; ++i) c.send("s" + std::to_string(i));
  CHECK_FALSE(c.transport.is_reading);  // sixteen calls run
  c.record(idle);
  c.answer(0);                     // room for one more, and the record was one too many
  CHECK(c.transport.resumes == 0);
  c.wait(seconds{1});
  CHECK(c.transport.resumes == 1);
}

TEST_CASE("a call that cannot be run costs what a call costs", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  c.invoke("1", "NoSuchMethod", "[]");
  c.invoke("2", "GetPresence", "[1,2,3]");
  c.invoke("3", "GetPresence", "[[1]]");
  c.record(R"({"type":4,"target":"GetPresence","arguments":[[]],"invocationId":"4"})");
  c.record(R"({"type":4,"target":"StreamHistory","arguments":[{}],"invocationId":"5"})");
  CHECK(c.host.charged == std::vector(5, alice));
  CHECK(c.transport.take().size() == 5);
  c.host.refuses_charges = true;
  c.invoke("6", "NoSuchMethod", "[]");
  CHECK(c.transport.take() ==
        records{R"({"type":3,"invocationId":"6","error":"An unexpected error occurred invoking )"
                R"('NoSuchMethod' on the server. HubException: rate_limited: slower; )"
                R"(retryAfterMs=40"})"});
  CHECK(c.host.asked_for.empty());
}

TEST_CASE("calls that cannot be run end a connection that goes on with them", "[net][hub]") {
  hub_client c;
  c.shake_hands();
  c.host.refuses_charges = true;
  for (int minute = 0; minute < 2; ++minute) {
    for (int i = 0; i < 3; ++i) c.invoke("1", "NoSuchMethod", "[]");
    CHECK(c.transport.ends.empty());
    c.wait(std::chrono::minutes{1});
  }
  c.transport.take();
  c.invoke("1", "NoSuchMethod", "[]");
  const auto last = c.transport.take();
  REQUIRE(last.size() == 2);
  CHECK(last[1] == R"({"type":7,"error":"The client goes over a rate again and again."})");
  CHECK(c.transport.ends.size() == 1);
}
