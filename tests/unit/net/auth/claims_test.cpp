#include "net/auth/claims.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/net/auth/tokens.hpp"

using namespace parley;
using namespace parley::net::auth;

TEST_CASE("profile claims that are no short plain text are passed over", "[net][auth][claims]") {
  const auto result = make(secret_options())
                          .verify(signed_by_secret(claims({{"name", 7},
                                                           {"given_name", std::string(257, 'x')},
                                                           {"family_name", "a\u0000b\n"s},
                                                           {"picture", std::string(1'025, 'x')}})),
                                  now);
  REQUIRE(result);
  CHECK(result->profile == chat::profile{{"alice"}, {}, {}, {}, {}});
  const auto longest = make(secret_options())
                           .verify(signed_by_secret(claims({{"name", std::string(256, 'x')},
                                                            {"picture", std::string(1'024, 'y')}})),
                                   now);
  REQUIRE(longest);
  CHECK(longest->profile.display_name.size() == 256);
  CHECK(longest->profile.picture_url.size() == 1'024);
}

TEST_CASE("claims that could be read in two ways are refused", "[net][auth][claims]") {
  const auto exp = std::to_string(now_s + 60);
  for (const auto& body : {R"({"sub":"alice","sub":"bob","exp":)" + exp + "}",
                           R"({"sub":"alice","s\u0075b":"bob","exp":)" + exp + "}",
                           R"({"sub":"alice","exp":)" + exp + R"(,"exp":)" + exp + "}",
                           claims() + "{}", claims() + "\0"s, ""s, "null"s, "[]"s,
                           R"({"sub":"alice","exp":)" + exp + R"(,"x":)" + std::string(100, '[') +
                               std::string(100, ']') + "}",
                           "\xef\xbb\xbf\xef\xbb\xbf" + claims(), R"({"sub":"alice)"s})
    CHECK(with_claims(body) == refusal::bad_claims);
  CHECK(refusal_of(make(secret_options()),
                   signed_by_secret(claims(), R"({"alg":"HS256","alg":"HS256"})")) ==
        refusal::bad_header);
}

TEST_CASE("exp is required and a sane number", "[net][auth][claims]") {
  CHECK(with_claims({{"exp", nullptr}}) == refusal::bad_claims);
  for (const auto* exp :
       {"null", "\"1904110400\"", "true", "[1904110400]", "{}", "1e308", "-1e308", "1e400", "-1",
        "253402300800", "18446744073709551616", "9.9e99", "NaN", "Infinity", "\"\""})
    CHECK(with_claims(R"({"sub":"alice","exp":)" + std::string{exp} + "}") == refusal::bad_claims);
  CHECK(with_claims({{"exp", 253'402'300'799}}) == refusal::none);
  CHECK(with_claims({{"exp", 0}}) == refusal::expired);
  CHECK(with_claims({{"exp", 1.9e9}}) == refusal::none);
}

TEST_CASE("exp and nbf are checked with leeway", "[net][auth][claims]") {
  CHECK(with_claims({{"exp", now_s - 29}}) == refusal::none);
  CHECK(with_claims({{"exp", now_s - 29.999}}) == refusal::none);
  CHECK(with_claims({{"exp", now_s - 30}}) == refusal::expired);
  CHECK(with_claims({{"nbf", now_s + 30}}) == refusal::none);
  CHECK(with_claims({{"nbf", now_s + 30.5}}) == refusal::not_yet_valid);
  CHECK(with_claims({{"nbf", 0}}) == refusal::none);
  auto options = secret_options();
  options.clock_skew_s = 0;
  const auto exact = make(options);
  CHECK(refusal_of(exact, signed_by_secret(claims({{"exp", now_s}}))) == refusal::expired);
  CHECK(refusal_of(exact, signed_by_secret(claims({{"exp", now_s + 0.001}}))) == refusal::none);
  CHECK(refusal_of(exact, signed_by_secret(claims({{"nbf", now_s}}))) == refusal::none);
  CHECK(refusal_of(exact, signed_by_secret(claims({{"nbf", now_s + 1}}))) ==
        refusal::not_yet_valid);
}

TEST_CASE("nbf and iat are numbers when they are there", "[net][auth][claims]") {
  for (const auto* name : {"nbf", "iat"}) {
    CHECK(with_claims({{name, now_s}}) == refusal::none);
    for (const json& value : {json("1"), json(true), json(-1), json(1e300), json(json::array())})
      CHECK(with_claims({{name, value}}) == refusal::bad_claims);
  }
}

TEST_CASE("sub is required, 1 to 64 visible ASCII characters", "[net][auth][claims]") {
  CHECK(with_claims({{"sub", nullptr}}) == refusal::bad_subject);
  for (const json& sub : {json(""), json(std::string(65, 'a')), json("a b"), json("a\n"), json(7),
                          json("\u00e9"), json("a\u0000"s + '\0'), json(json::array({"alice"}))})
    CHECK(with_claims({{"sub", sub}}) == refusal::bad_subject);
  CHECK(with_claims({{"sub", std::string(64, 'a')}}) == refusal::none);
  CHECK(with_claims({{"sub", "auth0|a@b.example"}}) == refusal::none);
}

TEST_CASE("iss must be the configured one", "[net][auth][claims]") {
  auto options = secret_options();
  options.issuer = "https://id.example/";
  const auto by = make(options);
  CHECK(refusal_of(by, signed_by_secret(claims({{"iss", "https://id.example/"}}))) ==
        refusal::none);
  for (const json& iss : {json(nullptr), json("https://id.example"), json("HTTPS://id.example/"),
                          json(""), json(1), json(json::array({"https://id.example/"}))})
    CHECK(refusal_of(by, signed_by_secret(claims({{"iss", iss}}))) == refusal::wrong_issuer);
  CHECK(with_claims({{"iss", "anyone"}}) == refusal::none);
}

TEST_CASE("aud must name the configured one", "[net][auth][claims]") {
  auto options = secret_options();
  options.audience = "parley";
  const auto by = make(options);
  for (const json& aud :
       {json("parley"), json(json::array({"parley"})), json(json::array({"other", "parley"}))})
    CHECK(refusal_of(by, signed_by_secret(claims({{"aud", aud}}))) == refusal::none);
  for (const json& aud :
       {json(nullptr), json("parley2"), json("Parley"), json(json::array()), json(1),
        json(json::array({"other"})), json(json::array({"parley", 1})), json({{"parley", true}})})
    CHECK(refusal_of(by, signed_by_secret(claims({{"aud", aud}}))) == refusal::wrong_audience);
  CHECK(with_claims({{"aud", "anything"}}) == refusal::none);
}

TEST_CASE("claims are not judged before the signature", "[net][auth][claims]") {
  const auto forged =
      hs256_token("another secret that nobody here has", hs256, claims({{"exp", 0}, {"sub", ""}}));
  CHECK(refusal_of(make(secret_options()), forged) == refusal::bad_signature);
}
