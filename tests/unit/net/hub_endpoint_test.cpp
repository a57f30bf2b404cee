#include "net/hub_endpoint.hpp"

#include <catch2/catch.hpp>

#include "tests/support/hand_clock.hpp"

using namespace parley;
using namespace parley::net;
using namespace parley::test;

namespace {

auto request(http::verb method, std::string_view target) -> http_request {
  return http_request{method, {target.data(), target.size()}, 11};
}

}  // namespace

TEST_CASE("two paths are hubs, each with its dialect and its negotiate", "[net][hub_endpoint]") {
  const auto hub_of = [](std::string_view target) {
    return find_hub(request(http::verb::post, target));
  };
  REQUIRE(hub_of("/hubs/chat"));
  CHECK(hub_of("/hubs/chat")->spoken == dialect::messaging);
  CHECK_FALSE(hub_of("/hubs/chat")->negotiates);
  CHECK(hub_of("/hubs/chat/negotiate?negotiateVersion=1")->negotiates);
  CHECK(hub_of("/chathub")->spoken == dialect::classic);
  CHECK(hub_of("/chathub/negotiate")->spoken == dialect::classic);
  for (const auto* target : {"/", "/hubs/chat/", "/hubs", "/hubs/chat/negotiate/x", "/CHATHUB"})
    CHECK_FALSE(hub_of(target));
}

TEST_CASE("query names of the hub are read in any case", "[net][hub_endpoint]") {
  const auto asked = request(http::verb::get, "/hubs/chat?ID=a%20b&Access_Token=t");
  CHECK(query_value(asked, "id") == "a b");
  CHECK(query_value(asked, "access_token") == "t");
  CHECK_FALSE(query_value(asked, "other"));
}

TEST_CASE("of query names that differ by case only the first counts", "[net][hub_endpoint]") {
  for (const std::string first : {"id", "ID", "Id", "iD"})
    for (const std::string second : {"id", "ID", "Id", "iD"})
      CHECK(query_value(request(http::verb::get, "/chathub?" + first + "=1&" + second + "=2"),
                        "id") == "1");
}
