#include "storage/password.hpp"

#include <catch2/catch.hpp>

using namespace parley::storage;

TEST_CASE("a password verifies against its own hash only", "[storage][password]") {
  const auto hash = hash_password("correct horse");
  REQUIRE(hash);
  CHECK(hash->starts_with("$argon2id$v=19$m=65536,t=2,p=1$"));
  CHECK(hash->size() < 128);
  CHECK(verify_password(*hash, "correct horse"));
  CHECK_FALSE(verify_password(*hash, "correct horse "));
  CHECK_FALSE(verify_password(*hash, ""));
  CHECK_FALSE(needs_rehash(*hash));
}

TEST_CASE("two hashes of one password differ", "[storage][password]") {
  CHECK(*hash_password("same") != *hash_password("same"));
}

TEST_CASE("the hash of nobody costs what others cost and fits no password",
          "[storage][password]") {
  CHECK_FALSE(needs_rehash(nobodys_hash()));
  CHECK_FALSE(verify_password(nobodys_hash(), ""));
  CHECK_FALSE(verify_password(nobodys_hash(), "password"));
}

TEST_CASE("a text that is no hash verifies nothing and wants to be replaced",
          "[storage][password]") {
  for (const auto& text : {std::string{}, std::string{"password"}, std::string(127, '$'),
                           std::string(5'000, 'x'), std::string{"$argon2id$v=19$m=8,t=1,p=1$"}}) {
    CHECK_FALSE(verify_password(text, "password"));
    CHECK(needs_rehash(text));
  }
}

TEST_CASE("a hash of other costs wants to be replaced", "[storage][password]") {
  CHECK(
      needs_rehash("$argon2id$v=19$m=8192,t=2,p=1$OvVtwxQqN+KrAmw/xIgLTg$"
                   "XuvOlsJV27Fs+uqGQln313Eqt3VF5S1Vgna9FDMqhd8"));
}

TEST_CASE("no password fits a disabled hash, and the same one fits when it is enabled again",
          "[storage][password]") {
  const auto hash = *hash_password("correct horse");
  const auto disabled = with_disabled(hash, true);
  CHECK(is_disabled(disabled));
  CHECK_FALSE(is_disabled(hash));
  CHECK(with_disabled(disabled, true) == disabled);
  CHECK_FALSE(verify_password(disabled, "correct horse"));
  CHECK(with_disabled(disabled, false) == hash);
}
