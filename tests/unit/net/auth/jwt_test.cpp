#include "net/auth/jwt.hpp"

#include <sys/mman.h>

#include <array>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "net/auth/base64url.hpp"
#include "tests/unit/net/auth/tokens.hpp"

using namespace parley;
using namespace parley::net::auth;

namespace {

/// Text in memory that must not be read: whoever looks at a byte of it ends the program.
class unreadable_text {
 public:
  explicit unreadable_text(std::size_t size)
      : size_(size), at_(mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    REQUIRE(at_ != MAP_FAILED);
  }
  ~unreadable_text() { munmap(at_, size_); }
  unreadable_text(const unreadable_text&) = delete;
  auto operator=(const unreadable_text&) -> unreadable_text& = delete;

  auto view() const -> std::string_view { return {static_cast<const char*>(at_), size_}; }

 private:
  std::size_t size_;
  void* at_;
};

}  // namespace

TEST_CASE("a good token says who it speaks for and until when", "[net][auth][jwt]") {
  const auto result = make(secret_options())
                          .verify(signed_by_secret(claims({{"name", "Alice A."},
                                                           {"given_name", "Alice"},
                                                           {"family_name", "\u00c5ngstr\u00f6m"},
                                                           {"picture", "https://x.example/a.png"},
                                                           {"roles", {"admin"}},
                                                           {"exp", now_s + 59.75}})),
                                  now);
  REQUIRE(result);
  CHECK(result->profile ==
        chat::profile{
            {"alice"}, "Alice", "\u00c5ngstr\u00f6m", "Alice A.", "https://x.example/a.png"});
  CHECK(result->expires_at_s == now_s + 59);
}

TEST_CASE("each algorithm verifies with its own kind of key", "[net][auth][jwt]") {
  key_files files;
  const auto rsa = signer::rsa(2048);
  const auto ec = signer::ec("P-256");
  const auto ed = signer::ed25519();
  auto options = secret_options();
  options.public_keys = {files.add(rsa), files.add(ec), files.add(ed)};
  const auto all = make(options);
  CHECK(refusal_of(all, signed_by_secret(claims())) == refusal::none);
  CHECK(refusal_of(all, rsa.token(R"({"alg":"RS256"})", claims())) == refusal::none);
  CHECK(refusal_of(all, ec.token(R"({"alg":"ES256"})", claims())) == refusal::none);
  CHECK(refusal_of(all, ed.token(R"({"alg":"EdDSA"})", claims())) == refusal::none);
  CHECK(refusal_of(all, rsa.token(R"({"alg":"ES256"})", claims())) == refusal::bad_signature);
  CHECK(refusal_of(all, ec.token(R"({"alg":"EdDSA"})", claims())) == refusal::bad_signature);
  CHECK(refusal_of(all, signer::ed25519().token(R"({"alg":"EdDSA"})", claims())) ==
        refusal::bad_signature);
}

TEST_CASE("alg none is refused in every spelling", "[net][auth][jwt]") {
  const auto by = make(secret_options());
  for (const auto* alg : {"none", "None", "NONE", "nOnE", "none ", ""}) {
    const auto header = json{{"alg", alg}}.dump();
    const auto text = base64url_encode(header) + "." + base64url_encode(claims()) + ".";
    CHECK(refusal_of(by, text) == refusal::malformed);
    CHECK(refusal_of(by, text + "AAAA") == refusal::wrong_algorithm);
    CHECK(with_header(header) == refusal::wrong_algorithm);
  }
}

TEST_CASE("an algorithm that is unknown, misspelled or no text is refused", "[net][auth][jwt]") {
  for (const auto* alg : {"hs256", "Hs256", "HS256 ", "HS384", "HS512", "RS256", "PS256", "ES256K",
                          "Ed25519", "A128KW", "dir"})
    CHECK(with_header(json{{"alg", alg}}.dump()) == refusal::wrong_algorithm);
  CHECK(with_header(R"({"alg":"HS256\u0000"})") == refusal::wrong_algorithm);
  for (const auto* header : {R"({})", R"({"alg":null})", R"({"alg":256})", R"({"alg":["HS256"]})",
                             R"({"ALG":"HS256"})", R"(["HS256"])", R"("HS256")", "", "HS256"})
    CHECK(with_header(header) == refusal::bad_header);
}

TEST_CASE("a public key does not serve as HS256 secret", "[net][auth][jwt]") {
  key_files files;
  const auto rsa = signer::rsa(2048);
  config::auth_options options;
  options.public_keys = {files.add(rsa)};
  const auto pem = rsa.public_pem();
  const auto only_rsa = make(options);
  options.hs256_secret = secret;
  const auto both = make(options);
  for (const auto& key : {pem, pem.substr(0, pem.size() - 1)}) {
    CHECK(refusal_of(only_rsa, hs256_token(key, hs256, claims())) == refusal::wrong_algorithm);
    CHECK(refusal_of(both, hs256_token(key, hs256, claims())) == refusal::bad_signature);
  }
}

TEST_CASE("a token cannot bring a key or rules of its own", "[net][auth][jwt]") {
  for (const auto* extra :
       {R"("jku":"https://evil.example/keys")", R"("jwk":{"kty":"oct","k":"AAAA"})",
        R"("x5u":"https://evil.example/c")", R"("x5c":["AAAA"])", R"("crit":["exp"])",
        R"("crit":[])", R"("jku":null)", R"("\u006aku":"x")"})
    CHECK(with_header(R"({"alg":"HS256",)" + std::string{extra} + "}") == refusal::bad_header);
}

TEST_CASE("typ may be missing, JWT or at+jwt", "[net][auth][jwt]") {
  for (const auto* typ : {"JWT", "jwt", "Jwt", "at+jwt", "AT+JWT"})
    CHECK(with_header(json{{"alg", "HS256"}, {"typ", typ}}.dump()) == refusal::none);
  CHECK(with_header(R"({"alg":"HS256"})") == refusal::none);
  for (const auto* typ : {"JWS", "dpop+jwt", "logout+jwt", "", "JWT ", "JW", "application/jwt"})
    CHECK(with_header(json{{"alg", "HS256"}, {"typ", typ}}.dump()) == refusal::bad_header);
  CHECK(with_header(R"({"alg":"HS256","typ":null})") == refusal::bad_header);
  CHECK(with_header(R"({"alg":"HS256","typ":["JWT"]})") == refusal::bad_header);
}

TEST_CASE("a kid chooses among the keys bound to it", "[net][auth][jwt]") {
  key_files files;
  const auto old_key = signer::ed25519();
  const auto new_key = signer::ed25519();
  const auto bare_key = signer::ed25519();
  config::auth_options options;
  options.public_keys = {"old=" + files.add(old_key), "new=" + files.add(new_key)};
  const auto bound = make(options);
  options.public_keys.push_back(files.add(bare_key));
  const auto mixed = make(options);
  const auto old_header = R"({"alg":"EdDSA","kid":"old"})"s;
  const auto other_header = R"({"alg":"EdDSA","kid":"other"})"s;
  CHECK(refusal_of(bound, old_key.token(old_header, claims())) == refusal::none);
  CHECK(refusal_of(bound, new_key.token(old_header, claims())) == refusal::bad_signature);
  CHECK(refusal_of(bound, old_key.token(other_header, claims())) == refusal::unknown_key);
  CHECK(refusal_of(bound, old_key.token(R"({"alg":"EdDSA"})", claims())) == refusal::unknown_key);
  CHECK(refusal_of(mixed, bare_key.token(other_header, claims())) == refusal::none);
  CHECK(refusal_of(mixed, bare_key.token(R"({"alg":"EdDSA"})", claims())) == refusal::none);
  CHECK(refusal_of(mixed, bare_key.token(old_header, claims())) == refusal::bad_signature);
  CHECK(refusal_of(mixed, old_key.token(other_header, claims())) == refusal::bad_signature);
}

TEST_CASE("a kid is nothing but a name", "[net][auth][jwt]") {
  key_files files;
  config::auth_options options;
  options.public_keys = {"k=" + files.add(signer::ed25519())};
  const auto by = make(options);
  for (const auto& kid : {"../../../../dev/null"s, "/etc/passwd"s, "' OR 1=1 --"s, "k\0"s, "K"s,
                          "k "s, "|id"s, "https://evil.example/k"s, std::string(700, 'k')})
    CHECK(refusal_of(by, hs256_token("", json{{"alg", "HS256"}, {"kid", kid}}.dump(), claims())) ==
          refusal::unknown_key);
  // An empty file is the empty secret; a kid that could name one would let this in.
  CHECK(refusal_of(make(secret_options()),
                   hs256_token("", R"({"alg":"HS256","kid":"../../dev/null"})", claims())) ==
        refusal::bad_signature);
  CHECK(with_header(R"({"alg":"HS256","kid":1})") == refusal::bad_header);
  CHECK(with_header(R"({"alg":"HS256","kid":null})") == refusal::bad_header);
  CHECK(with_header(R"({"alg":"HS256","kid":""})") == refusal::none);
}

TEST_CASE("a token has exactly two dots and canonical parts", "[net][auth][jwt]") {
  const auto by = make(secret_options());
  const auto good = signed_by_secret(claims());
  REQUIRE(refusal_of(by, good) == refusal::none);
  const auto first = good.find('.');
  const auto last = good.rfind('.');
  for (const auto& token :
       {""s, "."s, ".."s, "..."s, good.substr(0, last), good.substr(0, last + 1), "." + good,
        good + ".", good + ".AAAA", good + "=", good + "==", " " + good, good + " ", good + "\n",
        good + "\0"s, "Bearer " + good, good.substr(0, first) + "=" + good.substr(first),
        good.substr(0, first) + "%2e" + good.substr(first + 1)})
    CHECK(refusal_of(by, token) == refusal::malformed);
}

TEST_CASE("a truncated or lengthened signature is refused", "[net][auth][jwt]") {
  const auto by = make(secret_options());
  const auto good = signed_by_secret(claims());
  const auto dot = good.rfind('.') + 1;
  const auto bytes = base64url_decode(good.substr(dot)).value();
  for (std::size_t size = 1; size < bytes.size(); ++size)
    CHECK(refusal_of(by, good.substr(0, dot) + base64url_encode(bytes.substr(0, size))) ==
          refusal::bad_signature);
  CHECK(refusal_of(by, good.substr(0, dot) + base64url_encode(bytes + '\0')) ==
        refusal::bad_signature);
  CHECK(refusal_of(by, good.substr(0, dot) + base64url_encode(bytes + bytes)) ==
        refusal::bad_signature);
}

TEST_CASE("a token over 8 KiB is not looked at", "[net][auth][jwt]") {
  const auto by = make(secret_options());
  const unreadable_text unread{1'000'000};
  CHECK(refusal_of(by, unread.view()) == refusal::too_long);
  CHECK(refusal_of(by, signed_by_secret(claims({{"x", std::string(7'000, 'x')}}))) ==
        refusal::too_long);
  CHECK(refusal_of(by, signed_by_secret(claims({{"x", std::string(5'000, 'x')}}))) ==
        refusal::none);
  CHECK(refusal_of(by, std::string(max_token_bytes, '.')) == refusal::malformed);
}

TEST_CASE("a header is bounded before it is decoded or parsed", "[net][auth][jwt]") {
  const auto with_members = [](int count) {
    std::string header = R"({"alg":"HS256")";
    for (int i = 0; i < count; ++i) header += ",\"" + std::to_string(i) + "\":0";
    return with_header(header + "}");
  };
  CHECK(with_members(static_cast<int>(max_header_values)) == refusal::none);
  CHECK(with_members(static_cast<int>(max_header_values) + 1) == refusal::bad_header);
  const auto of_size = [](std::size_t bytes) {
    const auto open = R"({"alg":"HS256","pad":")"s;
    return with_header(open + std::string(bytes - open.size() - 2, 'x') + "\"}");
  };
  CHECK(of_size(max_header_chars / 4 * 3) == refusal::none);
  CHECK(of_size(max_header_chars / 4 * 3 + 1) == refusal::bad_header);
}

TEST_CASE("claims are not decoded before the signature holds", "[net][auth][jwt]") {
  const auto by = make(secret_options());
  const auto good = signed_by_secret(claims());
  const auto first = good.find('.') + 1;
  const auto last = good.rfind('.');
  CHECK(refusal_of(by, good.substr(0, first) + "!!!" + good.substr(last)) ==
        refusal::bad_signature);
  const auto odd = good.substr(0, first) + "!!!";
  CHECK(refusal_of(by, odd + "." + base64url_encode(hmac_sha256(secret, odd))) ==
        refusal::malformed);
}

TEST_CASE("a signature longer than any key makes is not decoded", "[net][auth][jwt]") {
  const auto by = make(secret_options());
  const auto good = signed_by_secret(claims());
  CHECK(refusal_of(by, good.substr(0, good.rfind('.') + 1) + std::string(1'367, 'A')) ==
        refusal::malformed);
}

TEST_CASE("no token verifies without keys", "[net][auth][jwt]") {
  const auto by = make({});
  CHECK(refusal_of(by, signed_by_secret(claims())) == refusal::unknown_key);
  CHECK(refusal_of(by, hs256_token("", hs256, claims())) == refusal::unknown_key);
}

TEST_CASE("a token with any single bit flipped never verifies", "[net][auth][jwt]") {
  key_files files;
  const auto ec = signer::ec("P-256");
  const auto ed = signer::ed25519();
  const auto rsa = signer::rsa(2048);
  auto options = secret_options();
  options.public_keys = {files.add(ec), files.add(ed), files.add(rsa)};
  const auto by = make(options);
  for (const auto& good :
       {signed_by_secret(claims()), ec.token(R"({"alg":"ES256"})", claims()),
        ed.token(R"({"alg":"EdDSA"})", claims()), rsa.token(R"({"alg":"RS256"})", claims())}) {
    REQUIRE(by.verify(good, now));
    int verified = 0;
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
      auto flipped = good;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      verified += by.verify(flipped, now) ? 1 : 0;
    }
    CHECK(verified == 0);
  }
}

TEST_CASE("an issued token is one that verifies", "[net][auth][jwt]") {
  auto options = secret_options();
  options.accounts = true;
  options.issuer = GENERATE("", "https://chat.example");
  options.audience = "chat";
  options.token_lifetime_s = 600;
  const chat::profile who{{"alice"}, "Alice", "\u00c5", "Alice \"A\"", ""};
  const auto token = issue(options, who, now);
  REQUIRE(token);
  const auto result = make(options).verify(*token, now);
  REQUIRE(result);
  CHECK(result->profile == who);
  CHECK(result->expires_at_s == now_s + 600);
  CHECK_FALSE(make(options).verify(*token, {now.ms + 630'000}));
  const auto body =
      json::parse(base64url_decode(
                      token->substr(token->find('.') + 1, token->rfind('.') - token->find('.') - 1))
                      .value());
  CHECK(body["iat"] == now_s);
  CHECK(body["iss"] == (options.issuer.empty() ? "parley" : options.issuer));
  CHECK_FALSE(body.contains("picture"));
}

TEST_CASE("account tokens have a key of their own, which opens nothing where accounts are off",
          "[net][auth][jwt]") {
  auto options = secret_options();
  options.accounts = true;
  const auto token = *issue(options, {{"alice"}, "", "", "", ""}, now);
  CHECK(refusal_of(make(options), token) == refusal::none);
  // Another service that has the secret for tokens of its own, and takes any issuer.
  CHECK(refusal_of(make(secret_options()), token) == refusal::bad_signature);
  CHECK(account_key(secret).size() == 32);
  CHECK(account_key(secret) != secret);
  CHECK(account_key(secret) != account_key(secret + "!"));
}

TEST_CASE("tokens of other services are judged as before where accounts are on", "[net][auth][jwt]") {
  auto options = secret_options();
  options.accounts = true;
  options.issuer = "https://id.example";
  const auto by = make(options);
  CHECK(refusal_of(by, signed_by_secret(claims({{"iss", "https://id.example"}}))) == refusal::none);
  CHECK(refusal_of(by, signed_by_secret(claims({{"iss", "parley"}}))) == refusal::wrong_issuer);
  // One that calls its key as ours is called.
  const auto header = R"({"alg":"HS256","kid":"parley"})"s;
  CHECK(refusal_of(by, signed_by_secret(claims({{"iss", "https://id.example"}}), header)) ==
        refusal::none);
}

TEST_CASE("account tokens are judged by the settings they were issued under", "[net][auth][jwt]") {
  auto started = secret_options();
  started.accounts = true;
  started.audience = "chat";
  const auto token = *issue(started, {{"alice"}, "", "", "", ""}, now);
  auto fresh = started;
  fresh.issuer = "https://id.example";
  fresh.audience = "other";
  auto reloaded = verifier::make(fresh, started);
  REQUIRE(reloaded);
  CHECK(refusal_of(*reloaded, token) == refusal::none);
  CHECK(refusal_of(make(fresh), token) == refusal::wrong_issuer);
}

TEST_CASE("an account token says which browser it comes from, another's sid means nothing to us",
          "[net][auth][jwt]") {
  auto options = secret_options();
  options.accounts = true;
  const auto device = *chat::parse_uuid("0193a000-0000-7000-8000-000000000001");
  const auto verifier = make(options);
  CHECK(verifier.verify(*issue(options, {{"alice"}, "", "", "", ""}, now, device), now)->device == device);
  CHECK(verifier.verify(*issue(options, {{"alice"}, "", "", "", ""}, now), now)->device.is_nil());
  const auto others = signed_by_secret(claims({{"sid", to_string(device)}}));
  CHECK(verifier.verify(others, now)->device.is_nil());
}

TEST_CASE("no token is issued without a secret or for a strange user id", "[net][auth][jwt]") {
  CHECK_FALSE(issue({}, {{"alice"}, "", "", "", ""}, now));
  CHECK_FALSE(issue(secret_options(), {{""}, "", "", "", ""}, now));
  CHECK_FALSE(issue(secret_options(), {{"a b"}, "", "", "", ""}, now));
  CHECK(issue(secret_options(), {{"alice"}, "\xff", "", "", ""}, now));
}

TEST_CASE("a verifier is not made from a short secret or a missing key", "[net][auth][jwt]") {
  config::auth_options options;
  options.hs256_secret = "short";
  REQUIRE_FALSE(verifier::make(options));
  CHECK(verifier::make(options).error().detail.find("auth.hs256_secret") == 0);
  CHECK(verifier::make(options).error().detail.find("short") == std::string::npos);
  options = secret_options();
  options.public_keys = {"/nonexistent.pem"};
  CHECK_FALSE(verifier::make(options));
}

TEST_CASE("one verifier serves several threads at once", "[net][auth][jwt]") {
  key_files files;
  const auto ec = signer::ec("P-256");
  auto options = secret_options();
  options.public_keys = {files.add(ec)};
  const auto by = make(options);
  const auto good = signed_by_secret(claims());
  const auto other = ec.token(R"({"alg":"ES256"})", claims());
  std::array<int, 4> verified{};
  {
    std::vector<std::jthread> threads;
    for (auto& mine : verified)
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i) {
          mine += by.verify(good, now) ? 1 : 0;
          mine += by.verify(other, now) ? 1 : 0;
          mine += by.verify(good + "A", now) ? 1'000 : 0;
        }
      });
  }
  for (const auto mine : verified) CHECK(mine == 400);
}

TEST_CASE("every refusal has a word of its own", "[net][auth][jwt]") {
  CHECK(to_string(refusal::none) == "none");
  CHECK(to_string(refusal::bad_signature) == "bad_signature");
  CHECK(to_string(refusal::wrong_audience) == "wrong_audience");
}
