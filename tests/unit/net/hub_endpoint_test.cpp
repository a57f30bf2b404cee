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
  for (const auto* target : {"/", "//", "/negotiate", "/hubs", "/hubs/chat/negotiate/x", "/hubs/chat//",
                             "/hubs/chat//negotiate", "/hubs/chat/negotiate/refresh"})
    CHECK_FALSE(hub_of(target));
}

TEST_CASE("hub paths are routed as ASP.NET Core does: in any case, a slash at the end", "[net][hub_endpoint]") {
  const auto hub_of = [](std::string_view target) {
    return find_hub(request(http::verb::post, target));
  };
  for (const auto* target : {"/chatHub", "/ChatHub", "/CHATHUB/", "/chathub/?id=x"}) {
    REQUIRE(hub_of(target));
    CHECK(hub_of(target)->spoken == dialect::classic);
    CHECK(hub_of(target)->admits_guests);
    CHECK_FALSE(hub_of(target)->negotiates);
  }
  for (const auto* target : {"/Hubs/Chat/Negotiate", "/hubs/chat/negotiate/?negotiateVersion=1"}) {
    REQUIRE(hub_of(target));
    CHECK(hub_of(target)->spoken == dialect::messaging);
    CHECK(hub_of(target)->negotiates);
  }
  REQUIRE(hub_of("/HUBS/chat/REFRESH"));
  CHECK(hub_of("/HUBS/chat/REFRESH")->refreshes);
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
