#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <boost/asio/post.hpp>
#include <algorithm>
#include <optional>
#include <vector>

#include "net/fan_out/network_actor.hpp"

using namespace parley;

namespace {

constexpr int handler = -1;

/// Notes the number it hears, and says one less to itself until it is 0.
class counter final : public actors::pinned_actor {
 public:
  counter(caf::actor_config& config, actors::actor_host& host, std::vector<int>& heard)
      : pinned_actor(config, host), heard_(heard) {}

  auto make_behavior() -> caf::behavior override {
    return {[this](caf::actor& other, int left) {
      heard_.push_back(left);
      if (left > 0) send(other, caf::actor{this}, left - 1);
    }};
  }

 private:
  std::vector<int>& heard_;
};

struct hosted_pair {
  hosted_pair() {
    config.set("scheduler.max-threads", 1);
    system.emplace(config);
    host.emplace(*system, io);
    one = system->spawn<counter>(*host, heard);
    other = system->spawn<counter>(*host, heard);
    poll();
  }
  ~hosted_pair() {
    one = nullptr;
    other = nullptr;
    poll();
  }
  void poll() {
    io.restart();
    io.poll();
  }
  void note_handler() {
    boost::asio::post(io, [this] { heard.push_back(handler); });
  }

  caf::actor_system_config config;
  std::optional<caf::actor_system> system;
  boost::asio::io_context io;
  std::optional<net::asio_host> host;
  std::vector<int> heard;
  caf::actor one;
  caf::actor other;
};

}  // namespace

TEST_CASE("what actors of a thread say to each other is heard before the next handler runs",
          "[net][hosts]") {
  hosted_pair p;
  caf::anon_send(p.one, p.other, 3);
  p.note_handler();
  p.poll();
  CHECK(p.heard == std::vector{3, 2, 1, 0, handler});
}

TEST_CASE("handlers have their turn while actors talk on and on", "[net][hosts]") {
  hosted_pair p;
  caf::anon_send(p.one, p.other, 1'000);
  p.note_handler();
  p.poll();
  REQUIRE(p.heard.size() == 1'002);
  const auto at = std::find(p.heard.begin(), p.heard.end(), handler) - p.heard.begin();
  CHECK(at == 64);
}
