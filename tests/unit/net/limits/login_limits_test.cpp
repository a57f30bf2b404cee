#include "net/limits/login_limits.hpp"

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
  /// How many of `tries`, from addresses that begin with `prefix`, are let through.
  auto let_through(int tries, const std::string& prefix, const std::string& name) {
    int count = 0;
    for (int i = 0; i < tries; ++i) count += take(prefix + std::to_string(i), name) ? 0 : 1;
    return count;
  }
};

}  // namespace

TEST_CASE("five tries of an account by one address pass, then one every twelve seconds",
          "[net][login]") {
  gate at;
  for (int i = 0; i < 5; ++i) CHECK_FALSE(at.take("10.0.0.1", "ann"));
  CHECK(at.take("10.0.0.1", "ann") == seconds{12});
  CHECK_FALSE(at.take("10.0.0.1", "bob"));
  at.now += seconds{11};
  CHECK(at.take("10.0.0.1", "ann") == seconds{1});
  at.now += seconds{1};
  CHECK_FALSE(at.take("10.0.0.1", "ann"));
  CHECK(at.take("10.0.0.1", "ann") == seconds{12});
}

TEST_CASE("an account is tried sixty times a minute by all addresses together", "[net][login]") {
  gate at;
  CHECK(at.let_through(100, "10.0.0.", "ann") == 60);
  CHECK(at.take("10.1.0.1", "ann") == seconds{1});
  CHECK_FALSE(at.take("10.1.0.1", "bob"));
}

TEST_CASE("an address tries twenty times whatever the names, registrations too", "[net][login]") {
  gate at;
  for (int i = 0; i < 20; ++i) CHECK_FALSE(at.take("10.0.0.1", i % 2 ? "u" + std::to_string(i) : ""));
  CHECK(at.take("10.0.0.1", "d") == seconds{3});
  CHECK(at.take("10.0.0.1") == seconds{3});
  CHECK_FALSE(at.take("10.0.0.2"));
}

TEST_CASE("a stranger who hammers an account keeps nobody out but itself", "[net][login]") {
  gate at;
  for (int minute = 0; minute < 5; ++minute) {
    for (int i = 0; i < 120; ++i) {
      at.now += std::chrono::milliseconds{500};
      at.take("10.0.0.6", "ann");
    }
    CHECK_FALSE(at.take("10.0.0.3", "ann"));
  }
}

TEST_CASE("strangers at any number of addresses do not keep a known owner out", "[net][login]") {
  gate at;
  at.limits.succeeded("10.0.0.3", "ann", at.now);
  CHECK(at.let_through(1'000, "10.9.0.", "ann") == 60);
  for (int i = 0; i < 5; ++i) CHECK_FALSE(at.take("10.0.0.3", "ann"));
  CHECK(at.take("10.0.0.3", "ann") == seconds{12});
  CHECK(at.take("10.0.0.4", "ann"));
  at.now += net::login_limits::known_for;
  at.let_through(1'000, "10.9.0.", "ann");
  CHECK(at.take("10.0.0.3", "ann"));
}

TEST_CASE("a refused try is not counted", "[net][login]") {
  gate at;
  for (int i = 0; i < 20; ++i) CHECK_FALSE(at.take("10.0.0.1", "u" + std::to_string(i)));
  for (int i = 0; i < 100; ++i) CHECK(at.take("10.0.0.1", "bob"));
  CHECK(at.let_through(100, "10.0.1.", "bob") == 60);
}

TEST_CASE("each rate can be lifted without the others", "[net][login]") {
  gate at;
  at.options.logins_per_ip_per_min = 0;
  int through = 0;
  for (int i = 0; i < 300; ++i) through += at.take("10.0.0.1", "u" + std::to_string(i % 30)) ? 0 : 1;
  CHECK(through == 150);
  at.options.logins_per_min = 0;
  through = 0;
  for (int i = 0; i < 300; ++i) through += at.take("10.0.0.1", "ann") ? 0 : 1;
  CHECK(through == 60);
}

TEST_CASE("no limit is no limit", "[net][login]") {
  gate at;
  at.options.enabled = GENERATE(true, false);
  if (at.options.enabled)
    at.options.logins_per_min = at.options.logins_per_account_per_min =
        at.options.logins_per_ip_per_min = 0;
  for (int i = 0; i < 1'000; ++i) CHECK_FALSE(at.take("10.0.0.1", "ann"));
}

TEST_CASE("a rate below one a minute lets one through", "[net][login]") {
  gate at;
  at.options.logins_per_ip_per_min = 0.5;
  CHECK_FALSE(at.take("10.0.0.1"));
  CHECK(at.take("10.0.0.1") == seconds{120});
}

TEST_CASE("more keys than are remembered cost some memory of them, and no more", "[net][login]") {
  gate at;
  for (int i = 0; i < 120'000; ++i) at.take("a" + std::to_string(i), "ann");
  CHECK(at.take("b", "ann"));  // the account's own rate is not among what was lost
}
