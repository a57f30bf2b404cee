#include "net/endpoint/hub_endpoint.hpp"

#include <catch2/catch.hpp>

#include "tests/support/hand_clock.hpp"
#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::net;
using namespace parley::test;

namespace {

auto request(http::verb method, std::string_view target) -> http_request {
  return http_request{method, {target.data(), target.size()}, 11};
}

/// A refresh as .NET 11 clients send it.
auto refresh_of(std::string_view connection_token, std::string_view query = "") -> http_request {
  auto made = request(http::verb::post, "/hubs/chat/refresh" + std::string{query});
  made.set("x-signalr-connection-token", std::string{connection_token});
  return made;
}

auto caller_until(chat::timestamp end) -> hub_caller {
  hub_caller who;
  who.profile.user = alice;
  who.expires_at = end;
  return who;
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

TEST_CASE("a refresh names its connection in a header, or in the query", "[net][hub_endpoint]") {
  CHECK(refreshed_token_of(refresh_of("a")) == "a");
  CHECK(refreshed_token_of(refresh_of("a", "?id=b")) == "a");
  CHECK(refreshed_token_of(refresh_of("", "?id=b")) == "b");
  CHECK(refreshed_token_of(request(http::verb::post, "/chathub/refresh?ID=b")) == "b");
  CHECK_FALSE(refreshed_token_of(refresh_of("", "?id=")));
  CHECK_FALSE(refreshed_token_of(request(http::verb::post, "/hubs/chat/refresh")));
}

TEST_CASE("a refresh is refused in the words of .NET", "[net][hub_endpoint]") {
  using http::status;
  using said = std::pair<status, std::string>;
  auto who = caller_until(after_noon(60'000));
  const auto refused = [](const http_request& what, hub_caller* by,
                          const std::optional<chat::user_id>& of) {
    const auto answer = check_refresh(what, by, of);
    REQUIRE(answer);
    return said{answer->result(), codec::parse(answer->body())->value.value("error", "")};
  };
  const auto bare = request(http::verb::post, "/hubs/chat/refresh");
  CHECK(refused(refresh_of("a"), nullptr, alice) == said{status::unauthorized, "invalid_token"});
  CHECK(refused(bare, &who, {}) == said{status::bad_request, "missing_connection_token"});
  CHECK(refused(refresh_of("a"), &who, {}) == said{status::not_found, "connection_not_found"});
  CHECK(refused(refresh_of("a"), &who, bob) == said{status::forbidden, "user_changed"});
  CHECK_FALSE(check_refresh(refresh_of("a"), &who, alice));
  const auto get = check_refresh(request(http::verb::get, "/hubs/chat/refresh?id=a"), &who, alice);
  CHECK(get->result() == status::method_not_allowed);
}

TEST_CASE("the lifetime of a token fits into what .NET clients read", "[net][hub_endpoint]") {
  const auto seconds = [](chat::timestamp end) {
    return token_lifetime(caller_until(end), noon).value("tokenLifetimeSeconds", std::int64_t{-1});
  };
  CHECK(seconds(after_noon(90'999)) == 90);
  CHECK(seconds(after_noon(999)) == 0);
  CHECK(seconds(after_noon(std::int64_t{100} * 365 * 86'400'000)) == 2'147'483'647);
  // It has ended and lives on clock skew; or it has no end.
  CHECK(seconds(noon) == -1);
  CHECK(seconds(after_noon(-60'000)) == -1);
  CHECK(seconds({}) == -1);
}
