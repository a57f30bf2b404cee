#include "app/ctl/tokens.hpp"

#include "net/auth/jwt.hpp"
#include "tests/unit/ctl/desk.hpp"

using namespace parley;
using namespace parley::test;

TEST_CASE("a token is one that the server takes, for as long as was asked", "[ctl][tokens]") {
  operator_desk desk;
  config::auth_options auth;
  auth.hs256_secret = "0123456789abcdef0123456789abcdef";
  auth.issuer = "https://id.example.com";
  auth.audience = "chat";
  desk.settings = {"--auth.hs256_secret=" + auth.hs256_secret, "--auth.issuer=" + auth.issuer,
                   "--auth.audience=" + auth.audience};
  CHECK(desk.run({"token", "make", "ann", "--name", "Ann O", "--lifetime", "60", "--json"}) ==
        ctl::done);
  const auto token = desk.json()["accessToken"].get<std::string>();
  const auto verifier = net::auth::verifier::make(auth);
  REQUIRE(verifier);
  const auto now = chat::system_clock().now();
  const auto who = verifier->verify(token, now);
  REQUIRE(who);
  CHECK(who->profile.user.value == "ann");
  CHECK_FALSE(verifier->verify(token, {now.ms + 200'000}));
}

TEST_CASE("without a secret there is no token", "[ctl][tokens]") {
  operator_desk desk;
  CHECK(desk.run({"token", "make", "ann"}) == ctl::failed);
  CHECK(desk.complained("auth.hs256_secret is not set"));
}
