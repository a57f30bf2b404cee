#include "actors/password.hpp"

#include <catch2/catch.hpp>

using namespace parley::actors;

TEST_CASE("a password verifies against its own hash only", "[net][auth][password]") {
  const auto hash = hash_password("correct horse");
  REQUIRE(hash);
  CHECK(hash->starts_with("$argon2id$v=19$m=65536,t=2,p=1$"));
  CHECK(hash->size() < 128);
  CHECK(verify_password(*hash, "correct horse"));
  CHECK_FALSE(verify_password(*hash, "correct horse "));
  CHECK_FALSE(verify_password(*hash, ""));
  CHECK_FALSE(needs_rehash(*hash));
}

TEST_CASE("two hashes of one password differ", "[net][auth][password]") {
  CHECK(*hash_password("same") != *hash_password("same"));
}

TEST_CASE("the hash of nobody costs what others cost and fits no password",
          "[net][auth][password]") {
  CHECK_FALSE(needs_rehash(nobodys_hash()));
  CHECK_FALSE(verify_password(nobodys_hash(), ""));
  CHECK_FALSE(verify_password(nobodys_hash(), "password"));
}

TEST_CASE("a text that is no hash verifies nothing and wants to be replaced",
          "[net][auth][password]") {
  for (const auto& text : {std::string{}, std::string{"password"}, std::string(127, '$'),
                           std::string(5'000, 'x'), std::string{"$argon2id$v=19$m=8,t=1,p=1$"}}) {
    CHECK_FALSE(verify_password(text, "password"));
    CHECK(needs_rehash(text));
  }
}

TEST_CASE("a hash of other costs wants to be replaced", "[net][auth][password]") {
  CHECK(
      needs_rehash("$argon2id$v=19$m=8192,t=2,p=1$OvVtwxQqN+KrAmw/xIgLTg$"
                   "XuvOlsJV27Fs+uqGQln313Eqt3VF5S1Vgna9FDMqhd8"));
}
