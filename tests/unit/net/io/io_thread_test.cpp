#include "net/io/io_thread.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <future>
#include <memory>
#include <vector>

using namespace parley;
using namespace std::chrono_literals;

namespace {

/// Ends when it is told to, or only when the test says so.
class fake_connection final : public net::connection {
 public:
  fake_connection(net::io_thread& thread, bool lasting, bool stubborn = false)
      : thread_(thread), lasting_(lasting), stubborn_(stubborn) {
    thread_.add(*this);
  }
  ~fake_connection() override { thread_.remove(*this); }

  void on_tick(std::chrono::steady_clock::time_point) override {
    if (at_tick) at_tick();
  }
  void shut_down() override {
    told = std::chrono::steady_clock::now();
    if (!stubborn_) thread_.remove(*this);
  }
  auto is_lasting() const -> bool override { return lasting_; }
  void end() { thread_.remove(*this); }

  std::chrono::steady_clock::time_point told{};
  std::function<void()> at_tick;

 private:
  net::io_thread& thread_;
  bool lasting_;
  bool stubborn_;
};

struct draining_world {
  auto add(bool lasting, bool stubborn = false) -> fake_connection& {
    return *all.emplace_back(std::make_unique<fake_connection>(thread, lasting, stubborn));
  }
  void drain(std::chrono::milliseconds spread) {
    thread.drain(spread, [this] { is_drained = true; });
  }

  config::options options;
  net::io_thread thread{options};
  std::vector<std::unique_ptr<fake_connection>> all;
  bool is_drained = false;
};

}  // namespace

TEST_CASE("a thread without hub connections is drained at once", "[net][drain]") {
  draining_world w;
  auto& idle = w.add(false);
  w.drain(5s);
  CHECK(w.is_drained);
  CHECK(idle.told == std::chrono::steady_clock::time_point{});
}

TEST_CASE("goodbyes are spread, and done tells of the last end", "[net][drain]") {
  draining_world w;
  for (int i = 0; i < 100; ++i) w.add(true);
  auto& stubborn = w.add(true, true);
  w.drain(10s);
  const auto told = [&] {
    return std::count_if(w.all.begin(), w.all.end(),
                         [](auto& one) { return one->told.time_since_epoch().count() > 0; });
  };
  CHECK(told() == 11);
  int rounds = 1;
  for (; told() < 101; ++rounds) w.thread.io().run_one();
  CHECK(rounds == 10);  // of 20 ms: 2 ms for each of them
  CHECK_FALSE(w.is_drained);
  stubborn.end();
  CHECK(w.is_drained);
}

TEST_CASE("goodbyes hurry to fit into their time", "[net][drain]") {
  draining_world w;
  for (int i = 0; i < 5'000; ++i) w.add(true);
  w.drain(100ms);
  int rounds = 1;
  for (; !w.is_drained; ++rounds) w.thread.io().run_one();
  CHECK(rounds == 5);  // of 20 ms
}

TEST_CASE("a connection that ends by itself before its turn is not told", "[net][drain]") {
  draining_world w;
  for (int i = 0; i < 50; ++i) w.add(true);
  w.drain(10s);
  w.all.clear();
  while (!w.is_drained) w.thread.io().run_one();
  CHECK(w.thread.connection_count() == 0);
}

TEST_CASE("the rest is told at once, and done tells when none is left", "[net][drain]") {
  draining_world w;
  auto& idle = w.add(false);
  auto& busy = w.add(false, true);
  bool is_empty = false;
  w.thread.close_rest([&] { is_empty = true; });
  CHECK(idle.told.time_since_epoch().count() > 0);
  CHECK_FALSE(is_empty);
  busy.end();
  CHECK(is_empty);
}

TEST_CASE("a connection that comes while the rest is closed is told, once it is made", "[net][drain]") {
  draining_world w;
  w.thread.close_rest([&] { w.is_drained = true; });
  CHECK(w.is_drained);
  auto& late = w.add(false);
  CHECK(late.told == std::chrono::steady_clock::time_point{});
  w.thread.io().poll();
  CHECK(late.told != std::chrono::steady_clock::time_point{});
  CHECK(w.thread.connection_count() == 0);
}

TEST_CASE("a connection that another's tick ended is not told of it", "[net]") {
  config::options options;
  options.hub.keep_alive_ms = 40;  // a tick of 10 ms
  net::io_thread thread{options};
  fake_connection one{thread, false};
  fake_connection other{thread, false};
  int of_one = 0;
  int of_other = 0;
  std::promise<void> ticked_twice;
  const auto count = [&](int& mine, fake_connection& ended) {
    ++mine;
    ended.end();
    if (of_one + of_other == 2) ticked_twice.set_value();
  };
  one.at_tick = [&] { count(of_one, other); };
  other.at_tick = [&] { count(of_other, one); };
  thread.start();
  ticked_twice.get_future().wait();
  thread.stop();
  CHECK((of_one == 0) != (of_other == 0));
}
