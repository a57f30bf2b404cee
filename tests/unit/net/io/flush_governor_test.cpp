#include "net/io/flush_governor.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <memory>

using namespace parley::net;
using namespace std::chrono_literals;

namespace {

/// Longer than any machine has been up: the clock that the governor reads may begin at boot.
constexpr auto ages = 24h * 365 * 100;

struct counter final : flushable {
  void flush() override {
    ++flushes;
    if (then) then();
  }
  int flushes = 0;
  std::function<void()> then;
};

}  // namespace

TEST_CASE("a lone request is flushed at once, and once", "[net][governor]") {
  boost::asio::io_context io;
  flush_governor governor{io, ages};
  counter one;
  governor.request(one);
  governor.request(one);
  CHECK(one.flushes == 0);
  CHECK(io.poll() == 1);
  CHECK(one.flushes == 1);
}

TEST_CASE("requests of one round are flushed together", "[net][governor]") {
  boost::asio::io_context io;
  flush_governor governor{io, ages};
  counter one;
  counter two;
  governor.request(one);
  governor.request(two);
  CHECK(io.poll() == 1);
  CHECK(one.flushes == 1);
  CHECK(two.flushes == 1);
}

TEST_CASE("a request within the gap waits", "[net][governor]") {
  boost::asio::io_context io;
  flush_governor governor{io, ages};
  counter one;
  governor.request(one);
  io.poll();
  governor.request(one);
  io.poll();
  CHECK(one.flushes == 1);
}

TEST_CASE("a request within the gap is flushed at its end", "[net][governor]") {
  boost::asio::io_context io;
  flush_governor governor{io, 20ms};
  counter one;
  governor.request(one);
  io.poll();
  governor.request(one);
  io.restart();
  io.run();
  CHECK(one.flushes == 2);
}

TEST_CASE("a request after the gap is flushed at once", "[net][governor]") {
  boost::asio::io_context io;
  flush_governor governor{io, 0ms};
  counter one;
  for (int i = 1; i <= 3; ++i) {
    governor.request(one);
    io.restart();
    io.poll();
    CHECK(one.flushes == i);
  }
}

TEST_CASE("a request made while flushing is served in a later round", "[net][governor]") {
  boost::asio::io_context io;
  flush_governor governor{io, 0ms};
  counter one;
  counter two;
  one.then = [&] {
    if (one.flushes > 1) return;
    governor.request(one);
    governor.request(two);
  };
  governor.request(one);
  io.run();
  CHECK(one.flushes == 2);
  CHECK(two.flushes == 1);
}

TEST_CASE("who is forgotten is not flushed, before and within a round", "[net][governor]") {
  boost::asio::io_context io;
  flush_governor governor{io, 0ms};
  auto gone = std::make_unique<counter>();
  auto gone_later = std::make_unique<counter>();
  counter stays;
  stays.then = [&] {
    governor.forget(*gone_later);
    gone_later.reset();
  };
  governor.request(*gone);
  governor.request(stays);
  governor.request(*gone_later);
  governor.forget(*gone);
  gone.reset();
  io.run();
  CHECK(stays.flushes == 1);
  CHECK_FALSE(gone_later);
}

TEST_CASE("forgetting who asked nothing changes nothing", "[net][governor]") {
  boost::asio::io_context io;
  flush_governor governor{io, 0ms};
  counter one;
  counter two;
  governor.request(one);
  governor.forget(two);
  io.run();
  CHECK(one.flushes == 1);
}
