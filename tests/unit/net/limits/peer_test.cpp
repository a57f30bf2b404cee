#include "net/limits/peer.hpp"

#include <catch2/catch.hpp>

using namespace parley;
using namespace parley::net;

namespace {

using lines = std::vector<std::pair<std::string, std::string>>;

const auto proxies = *config::networks::parse({"127.0.0.1", "10.0.0.0/8", "fd00::/8"});

auto from(std::string_view address) -> peer {
  return peer{*config::ip_address::parse(address), proxies};
}

auto head_of(const lines& headers) -> boost::beast::http::fields {
  boost::beast::http::fields head;
  for (const auto& [name, value] : headers) head.insert(name, value);
  return head;
}

auto client(std::string_view address, const lines& headers) -> std::string {
  return from(address).client_of(head_of(headers));
}

}  // namespace

TEST_CASE("an IPv6 network is one address, a mapped one its IPv4", "[net][peer]") {
  const auto network = [](std::string_view text) {
    return network_of(*config::ip_address::parse(text));
  };
  CHECK(network("2001:db8:1:2:3::4") == "2001:db8:1:2::/64");
  CHECK(network("2001:db8:1:2:3::4") == network("2001:db8:1:2:ffff::1"));
  CHECK(network("2001:db8:1:2::1") != network("2001:db8:1:3::1"));
  CHECK(network("::ffff:10.0.0.1") == "10.0.0.1");
  CHECK(network("10.0.0.1") == "10.0.0.1");
}

TEST_CASE("nobody believes a stranger what he says of himself", "[net][peer]") {
  CHECK(client("203.0.113.1", {{"X-Forwarded-For", "198.51.100.1"}}) == "203.0.113.1");
  CHECK(client("203.0.113.1", {{"Forwarded", "for=198.51.100.1"}}) == "203.0.113.1");
  CHECK_FALSE(from("203.0.113.1").is_proxy());
}

TEST_CASE("a trusted proxy says who its client is", "[net][peer]") {
  CHECK(client("127.0.0.1", {{"X-Forwarded-For", "198.51.100.1"}}) == "198.51.100.1");
  CHECK(client("::ffff:127.0.0.1", {{"x-forwarded-for", "198.51.100.1"}}) == "198.51.100.1");
  CHECK(client("10.1.1.1", {{"Forwarded", "for=\"[2001:db8::7]:80\""}}) == "2001:db8::/64");
  CHECK(client("127.0.0.1", {{"X-Forwarded-For", "6.6.6.6"},
                             {"X-Forwarded-For", "198.51.100.1"}}) == "198.51.100.1");
  CHECK(client("127.0.0.1", {{"X-Forwarded-For", "6.6.6.6, 198.51.100.1, 10.0.0.7"}}) ==
        "198.51.100.1");
  CHECK(client("127.0.0.1", {}) == "127.0.0.1");
  CHECK(from("127.0.0.1").is_proxy());
}

TEST_CASE("headers that disagree, or hold no address where it counts, say nothing", "[net][peer]") {
  CHECK(client("127.0.0.1", {{"X-Forwarded-For", "198.51.100.1"}, {"Forwarded", "for=6.6.6.6"}}) ==
        "127.0.0.1");
  CHECK(client("127.0.0.1", {{"X-Forwarded-For", "198.51.100.1"},
                             {"Forwarded", "for=198.51.100.1"}}) == "198.51.100.1");
  CHECK(client("127.0.0.1", {{"X-Forwarded-For", "198.51.100.1"}, {"Forwarded", "nonsense"}}) ==
        "127.0.0.1");
  CHECK(client("127.0.0.1", {{"X-Forwarded-For", "198.51.100.1, unknown"}}) == "127.0.0.1");
  CHECK(client("127.0.0.1", {{"X-Forwarded-For", "unknown, 198.51.100.1"}}) == "198.51.100.1");
  CHECK(client("127.0.0.1", {{"Forwarded", "for=\"6.6.6.6, for=198.51.100.1"}}) == "127.0.0.1");
}

TEST_CASE("a peer without an address is nobody in particular", "[net][peer]") {
  const peer nobody;
  CHECK(nobody.network().empty());
  CHECK(nobody.client_of(head_of({{"X-Forwarded-For", "198.51.100.1"}})).empty());
  CHECK_FALSE(nobody.looks_like_a_proxy(head_of({{"Via", "1.1 x"}})));
}

TEST_CASE("a neighbour that forwards requests and is not trusted is noticed", "[net][peer]") {
  CHECK(from("192.168.0.1").looks_like_a_proxy(head_of({{"X-Forwarded-For", "198.51.100.1"}})));
  CHECK(from("192.168.0.1").looks_like_a_proxy(head_of({{"via", "1.1 varnish"}})));
  CHECK_FALSE(from("192.168.0.1").looks_like_a_proxy(head_of({{"Host", "chat"}})));
  CHECK_FALSE(from("203.0.113.1").looks_like_a_proxy(head_of({{"X-Forwarded-For", "1.2.3.4"}})));
  CHECK_FALSE(from("10.0.0.1").looks_like_a_proxy(head_of({{"X-Forwarded-For", "1.2.3.4"}})));
}

TEST_CASE("a peer holds its place among the sockets as long as it is there", "[net][peer]") {
  auto place = std::make_shared<int>();
  const std::weak_ptr<int> seen = place;
  auto held = std::make_unique<const peer>(*config::ip_address::parse("1.2.3.4"), proxies,
                                           std::move(place));
  CHECK_FALSE(seen.expired());
  held.reset();
  CHECK(seen.expired());
}
