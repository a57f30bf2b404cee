#include "net/io/ticket_keys.hpp"

#include <catch2/catch.hpp>

using namespace parley::net;
using namespace std::chrono_literals;

namespace {

constexpr ticket_keys::steady noon{1'000h};

}  // namespace

TEST_CASE("tickets are sealed with one key for twelve hours, then with another", "[net][tls]") {
  ticket_keys keys;
  const auto first = keys.to_seal(noon);
  REQUIRE(first);
  CHECK(keys.to_seal(noon + 12h - 1s)->name == first->name);
  const auto second = keys.to_seal(noon + 12h);
  REQUIRE(second);
  CHECK(second->name != first->name);
  CHECK(second->cipher != first->cipher);
  CHECK(second->mac != first->mac);
}

TEST_CASE("a ticket of the key before is opened, and renewed; older ones are not", "[net][tls]") {
  ticket_keys keys;
  const auto first = *keys.to_seal(noon);
  CHECK_FALSE(keys.to_open(first.name.data(), noon + 1h)->is_old);
  const auto late = keys.to_open(first.name.data(), noon + 13h);
  REQUIRE(late);
  CHECK(late->is_old);
  CHECK(late->with.cipher == first.cipher);
  CHECK_FALSE(keys.to_open(first.name.data(), noon + 26h));
}

TEST_CASE("a key that was not used for a day opens nothing any more", "[net][tls]") {
  ticket_keys keys;
  const auto first = *keys.to_seal(noon);
  CHECK_FALSE(keys.to_open(first.name.data(), noon + 24h));
}
