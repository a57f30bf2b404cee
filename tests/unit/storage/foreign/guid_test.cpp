#include "storage/foreign/guid.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace parley;
using namespace parley::storage::foreign;

namespace {

auto bytes_of(std::string_view hex) -> std::string {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16));
  return bytes;
}

/// A version 4 GUID as a column of this order has it.
auto random_column(std::mt19937& random, guid_order order) -> std::string {
  std::string bytes;
  for (int i = 0; i < 16; ++i) bytes += static_cast<char>(random());
  const std::size_t version = order == guid_order::big_endian      ? 6
                              : order == guid_order::little_endian ? 7
                                                                   : 0;
  bytes[version] = static_cast<char>((bytes[version] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  return bytes;
}

}  // namespace

// What Pomelo.EntityFrameworkCore.MySql 9.0.0 writes for this GUID under each of its formats
// (findings/ef-guids-in-mysql.sh).
TEST_CASE("the bytes of each format are the same GUID", "[storage][foreign]") {
  const auto same = *chat::parse_uuid("00112233-4455-4677-8899-aabbccddeeff");
  CHECK(guid_of(bytes_of("00112233445546778899AABBCCDDEEFF"), guid_order::big_endian) == same);
  CHECK(guid_of(bytes_of("33221100554477468899AABBCCDDEEFF"), guid_order::little_endian) == same);
  CHECK(guid_of(bytes_of("46774455001122338899AABBCCDDEEFF"), guid_order::time_swapped) == same);
  CHECK_FALSE(guid_of("", guid_order::big_endian));
  CHECK_FALSE(guid_of(std::string(15, 'x'), guid_order::little_endian));
  CHECK_FALSE(guid_of(std::string(17, 'x'), guid_order::time_swapped));
}

TEST_CASE("a GUID is read with dashes, without, in braces, in any case", "[storage][foreign]") {
  const auto same = chat::parse_uuid("00112233-4455-4677-8899-aabbccddeeff");
  for (const auto* text :
       {"00112233-4455-4677-8899-aabbccddeeff", "00112233-4455-4677-8899-AABBCCDDEEFF",
        "00112233445546778899aabbccddeeff", "{00112233-4455-4677-8899-aabbccddeeff}",
        "{00112233445546778899AABBCCDDEEFF}"}) {
    CAPTURE(text);
    CHECK(parse_guid(text) == same);
  }
  for (const auto* text :
       {"", "{}", "{00112233-4455-4677-8899-aabbccddeeff", "x", "00112233445546778899aabbccddeefg",
        "(00112233445546778899aabbccddeeff)"})
    CHECK_FALSE(parse_guid(text));
}

TEST_CASE("the words of orders are read back", "[storage][foreign]") {
  for (const auto order : guid_orders) CHECK(parse_guid_order(to_string(order)) == order);
  CHECK_FALSE(parse_guid_order("middle-endian"));
}

TEST_CASE("the order is told from versions, and not from too little or from none",
          "[storage][foreign]") {
  std::mt19937 random{7};
  for (const auto order : guid_orders) {
    std::array<guid_vote, 1> votes;
    votes[0].see("no GUID");
    CHECK_FALSE(votes[0].speaks());
    for (int i = 0; i < 7; ++i) votes[0].see(random_column(random, order));
    CHECK_FALSE(agreed_order(votes));
    for (int i = 0; i < 20; ++i) votes[0].see(random_column(random, order));
    CHECK(agreed_order(votes) == order);
    CHECK(votes[0].seen() == 27);
    votes[0].see(std::string(16, '\x11'));
    CHECK_FALSE(votes[0].speaks());
    CHECK_FALSE(agreed_order(votes));
  }
}

TEST_CASE("ids without versions leave the answer to the others", "[storage][foreign]") {
  std::mt19937 random{7};
  std::array<guid_vote, 2> votes;
  for (int i = 0; i < 20; ++i) votes[0].see(random_column(random, guid_order::little_endian));
  for (int i = 0; i < 20; ++i) votes[1].see(std::string(15, '\x11') + static_cast<char>(i));
  CHECK(agreed_order(votes) == guid_order::little_endian);
}

// Pomelo's own ids under TimeSwapBinary16: what changes slowly stands where big-endian has a
// version.
TEST_CASE("ids that fit two orders are decided by those of people", "[storage][foreign]") {
  std::mt19937 random{7};
  std::array<guid_vote, 2> votes;
  for (int i = 0; i < 20; ++i) {
    auto id = random_column(random, guid_order::time_swapped);
    id.replace(4, 4, "\x08\xdf\x4e\x36");
    votes[1].see(id);
  }
  CHECK(votes[1].fits(guid_order::big_endian));
  CHECK_FALSE(agreed_order(votes));
  for (int i = 0; i < 20; ++i) votes[0].see(random_column(random, guid_order::time_swapped));
  CHECK(agreed_order(votes) == guid_order::time_swapped);
}
