#include "net/login_limits.hpp"

#include <catch2/catch.hpp>

using namespace parley;
using std::chrono::seconds;

namespace {

struct gate {
  config::limit_options options;
  net::login_limits limits{options};
  net::login_limits::steady now{std::chrono::hours{1}};

  auto take(const std::string& address, const std::string& name = {}) {
    return limits.take(address, name, now);
  }
};

}  // namespace

TEST_CASE("five tries of an account pass, then one every twelve seconds", "[net][login]") {
  gate at;
  for (int i = 0; i < 5; ++i) CHECK_FALSE(at.take("10.0.0." + std::to_string(i), "ann"));
  CHECK(at.take("10.0.0.9", "ann") == seconds{12});
  CHECK_FALSE(at.take("10.0.0.9", "bob"));
  at.now += seconds{11};
  CHECK(at.take("10.0.0.9", "ann") == seconds{1});
  at.now += seconds{1};
  CHECK_FALSE(at.take("10.0.0.9", "ann"));
  CHECK(at.take("10.0.0.9", "ann") == seconds{12});
}

TEST_CASE("an address tries five times whatever the names, registrations too", "[net][login]") {
  gate at;
  for (const auto* name : {"a", "b", "", "", "c"}) CHECK_FALSE(at.take("10.0.0.1", name));
  CHECK(at.take("10.0.0.1", "d"));
  CHECK(at.take("10.0.0.1"));
  CHECK_FALSE(at.take("10.0.0.2"));
}

TEST_CASE("a refused try is not counted", "[net][login]") {
  gate at;
  for (int i = 0; i < 5; ++i) CHECK_FALSE(at.take("10.0.0.1", "ann"));
  for (int i = 0; i < 100; ++i) CHECK(at.take("10.0.0.1", "bob"));
  for (int i = 0; i < 5; ++i) CHECK_FALSE(at.take("10.0.1." + std::to_string(i), "bob"));
}

TEST_CASE("no limit is no limit", "[net][login]") {
  gate at;
  at.options.logins_per_min = GENERATE(0, 5);
  at.options.enabled = at.options.logins_per_min == 0;
  for (int i = 0; i < 1'000; ++i) CHECK_FALSE(at.take("10.0.0.1", "ann"));
}

TEST_CASE("a rate below one a minute lets one through", "[net][login]") {
  gate at;
  at.options.logins_per_min = 0.5;
  CHECK_FALSE(at.take("10.0.0.1"));
  CHECK(at.take("10.0.0.1") == seconds{120});
}

TEST_CASE("an IPv6 network is one address, a mapped one its IPv4", "[net][login]") {
  CHECK(net::network_of("2001:db8:1:2:3::4") == net::network_of("2001:db8:1:2:ffff::1"));
  CHECK(net::network_of("2001:db8:1:2::1") != net::network_of("2001:db8:1:3::1"));
  CHECK(net::network_of("::ffff:10.0.0.1") == "10.0.0.1");
  CHECK(net::network_of("10.0.0.1") == "10.0.0.1");
  CHECK(net::network_of("") == "");
}
