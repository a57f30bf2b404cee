#include "config/address.hpp"

#include <catch2/catch.hpp>

using namespace parley::config;

namespace {

auto at(std::string_view text) -> ip_address {
  const auto parsed = ip_address::parse(text);
  REQUIRE(parsed);
  return *parsed;
}

auto contains(std::string network, std::string_view address) -> bool {
  const auto all = networks::parse({std::move(network)});
  REQUIRE(all);
  return all->contains(at(address));
}

}  // namespace

TEST_CASE("an IPv4 address is the same in its mapped spelling", "[config][address]") {
  CHECK(at("::ffff:10.0.0.1") == at("10.0.0.1"));
  CHECK(at("::ffff:a00:1").to_string() == "10.0.0.1");
  CHECK(at("10.0.0.1").is_v4());
  CHECK_FALSE(at("::10.0.0.1").is_v4());
  CHECK(at("2001:DB8:0::1").to_string() == "2001:db8::1");
}

TEST_CASE("what is no address is none", "[config][address]") {
  for (const auto* text : {"", " ", "10.0.0", "10.0.0.1 ", "10.0.0.256", "10.0.0.01", "0x7f.1",
                           "10.0.0.1:80", "[::1]", "::1%lo", ":::", "1:2:3", "localhost"})
    CHECK_FALSE(ip_address::parse(text));
  using namespace std::string_view_literals;
  CHECK_FALSE(ip_address::parse("10.0.0.1\0.evil"sv));
  CHECK_FALSE(ip_address::parse(std::string(10'000, '1')));
}

TEST_CASE("loopback is 127/8 in either spelling, and ::1", "[config][address]") {
  for (const auto* text : {"127.0.0.1", "127.255.1.2", "::ffff:127.0.0.1", "::1"})
    CHECK(at(text).is_loopback());
  for (const auto* text : {"128.0.0.1", "::2", "::", "0.0.0.0", "::127.0.0.1"})
    CHECK_FALSE(at(text).is_loopback());
}

TEST_CASE("private addresses are those of no stranger on the internet", "[config][address]") {
  for (const auto* text : {"10.1.2.3", "172.31.0.1", "192.168.1.1", "169.254.0.1", "100.64.0.1",
                           "fd00::1", "fe80::1", "127.0.0.1", "::1", "::ffff:10.0.0.1"})
    CHECK(at(text).is_private());
  for (const auto* text : {"172.32.0.1", "100.128.0.1", "203.0.113.9", "2001:db8::1", "11.0.0.1"})
    CHECK_FALSE(at(text).is_private());
}

TEST_CASE("a network holds the addresses that share its bits, to the bit", "[config][address]") {
  CHECK(contains("10.0.0.0/8", "10.255.0.1"));
  CHECK_FALSE(contains("10.0.0.0/8", "11.0.0.1"));
  CHECK(contains("10.0.0.0/8", "::ffff:10.0.0.1"));
  CHECK(contains("192.168.4.0/22", "192.168.7.255"));
  CHECK_FALSE(contains("192.168.4.0/22", "192.168.8.0"));
  CHECK(contains("10.0.0.1", "10.0.0.1"));
  CHECK_FALSE(contains("10.0.0.1", "10.0.0.2"));
  CHECK(contains("10.0.0.1/32", "10.0.0.1"));
  CHECK(contains("2001:db8::/33", "2001:db8:7fff::1"));
  CHECK_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
  CHECK(contains("0.0.0.0/0", "203.0.113.9"));
  CHECK_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
  CHECK(contains("::ffff:0:0/96", "203.0.113.9"));
  CHECK(contains("::/0", "203.0.113.9"));
}

TEST_CASE("a list with an entry that is no network is refused, naming it", "[config][address]") {
  for (const auto* text : {"", "proxy", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0.0/-1",
                           "10.0.0.0/ 8", "10.0.0.1/8", "2001:db8::/129", "2001:db8::1/64", "/8"}) {
    const auto all = networks::parse({"127.0.0.1", text});
    REQUIRE_FALSE(all);
    CHECK(all.error().detail == text);
  }
  CHECK(networks::parse({})->is_empty());
}
