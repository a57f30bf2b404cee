#include "chat/ids.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/people.hpp"

using namespace parley::chat;
using parley::test::after_noon;
using parley::test::noon;

TEST_CASE("a uuid is written and read in GUID form", "[chat][ids]") {
  const std::string text = "018cc4e5-2200-7abc-8def-0123456789ab";
  const auto id = parse_uuid(text);
  REQUIRE(id);
  CHECK(to_string(*id) == text);
  CHECK(parse_uuid("018CC4E5-2200-7ABC-8DEF-0123456789AB") == id);
  CHECK(to_string(uuid{}) == "00000000-0000-0000-0000-000000000000");
  CHECK(uuid{}.is_nil());
  CHECK_FALSE(id->is_nil());
}

TEST_CASE("nothing but the 36-character form is a uuid", "[chat][ids]") {
  for (const auto* text :
       {"", "018cc4e522007abc8def0123456789ab", "{018cc4e5-2200-7abc-8def-0123456789ab}",
        "018cc4e5-2200-7abc-8def-0123456789a", "018cc4e5-2200-7abc-8def-0123456789abc",
        "018cc4e5-2200-7abc-8def-0123456789ag", "018cc4e5_2200-7abc-8def-0123456789ab",
        "018cc4e5-22007-abc-8def-0123456789ab", "018cc4e5-2200-7abc-8def-0123456789-b",
        " 18cc4e5-2200-7abc-8def-0123456789ab", "+18cc4e5-2200-7abc-8def-0123456789ab"})
    CHECK_FALSE(parse_uuid(text));
}

TEST_CASE("new ids are version 7 of their moment", "[chat][ids]") {
  const auto id = system_ids().next(after_noon(100'000'000'000));
  CHECK(id.bytes[6] >> 4 == 7);
  CHECK(id.bytes[8] >> 6 == 2);
  std::uint64_t ms = 0;
  for (std::size_t i = 0; i < 6; ++i) ms = ms << 8 | id.bytes[i];
  CHECK(ms == static_cast<std::uint64_t>(after_noon(100'000'000'000).ms));
}

TEST_CASE("ids of one thread ascend, in one millisecond and when the clock goes back",
          "[chat][ids]") {
  std::thread{[] {
    auto last = system_ids().next(noon);
    for (int i = 0; i < 10'000; ++i) {
      const auto next = system_ids().next(i % 1'000 == 999 ? noon : after_noon(i / 100));
      REQUIRE(last < next);
      last = next;
    }
  }}.join();
}

TEST_CASE("ids of several threads differ", "[chat][ids]") {
  std::vector<std::vector<uuid>> made(4);
  {
    std::vector<std::jthread> threads;
    for (auto& own : made)
      threads.emplace_back([&own] {
        for (int i = 0; i < 5'000; ++i) own.push_back(system_ids().next(noon));
      });
  }
  std::set<uuid> all;
  for (const auto& own : made) all.insert(own.begin(), own.end());
  CHECK(all.size() == 20'000);
}

TEST_CASE("visible ASCII ids have 1 to 64 characters", "[chat][ids]") {
  CHECK(is_visible_ascii_id("a"));
  CHECK(is_visible_ascii_id("!~"));
  CHECK(is_visible_ascii_id(std::string(64, 'x')));
  for (const auto& text : {std::string{}, std::string(65, 'x'), std::string{"a b"},
                           std::string{"a\n"}, std::string{"\x7f"}, std::string{"\xc3\xa9"},
                           std::string("a\0b", 3)})
    CHECK_FALSE(is_visible_ascii_id(text));
}

TEST_CASE("the lobby has the id that clients know", "[chat][ids]") {
  CHECK(to_string(lobby_id()) == "00000000-0000-7000-8000-000000000001");
}

TEST_CASE("a code is 22 characters of base64url, and never the same", "[chat][ids]") {
  std::set<std::string> codes;
  for (int i = 0; i < 1'000; ++i) {
    const auto code = random_code();
    CHECK(code.size() == 22);
    CHECK(code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos);
    CHECK(codes.insert(code).second);
  }
}
