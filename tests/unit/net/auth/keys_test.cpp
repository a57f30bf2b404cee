#include "net/auth/keys.hpp"

#include <openssl/err.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "net/auth/base64url.hpp"
#include "tests/unit/net/auth/signer.hpp"

using namespace parley;
using namespace parley::net::auth;
using Catch::Matchers::Contains;

namespace {

/// Header and claims of the examples in RFC 7515, appendix A.
const std::string claims_a1 =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q";

auto key_of(const std::string& pem) -> verification_key {
  auto key = verification_key::from_pem(pem);
  REQUIRE(key);
  return std::move(*key);
}

auto verifies(const verification_key& key, std::string_view text, std::string_view signature)
    -> bool {
  return key.verify(text, base64url_decode(signature).value());
}

void check_example(const verification_key& key, const std::string& text,
                   const std::string& signature) {
  CHECK(verifies(key, text, signature));
  CHECK_FALSE(verifies(key, text + "A", signature));
  auto bytes = base64url_decode(signature).value();
  bytes[10] = static_cast<char>(bytes[10] ^ 1);
  CHECK_FALSE(key.verify(text, bytes));
  CHECK(ERR_peek_error() == 0);
}

class folder {
 public:
  folder() {
    std::string name = (std::filesystem::temp_directory_path() / "parley-keys-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~folder() { std::filesystem::remove_all(path_); }
  folder(const folder&) = delete;
  auto operator=(const folder&) -> folder& = delete;
  auto write(const std::string& name, const std::string& text) const -> std::string {
    std::ofstream{path_ / name} << text;
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

auto complaint(const std::vector<std::string>& public_keys) -> std::string {
  config::auth_options options;
  options.public_keys = public_keys;
  const auto keys = load_keys(options);
  REQUIRE_FALSE(keys);
  return keys.error().detail;
}

}  // namespace

TEST_CASE("the HS256 example of RFC 7515 A.1 verifies", "[net][auth][keys]") {
  const auto secret = base64url_decode(
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  auto key = verification_key::from_secret(secret.value());
  REQUIRE(key);
  CHECK(key->signs_with() == algorithm::hs256);
  check_example(*key, "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + claims_a1,
                "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
}

TEST_CASE("the RS256 example of RFC 7515 A.2 verifies", "[net][auth][keys]") {
  const auto key = key_of(rsa_pem(
      "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4"
      "d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re"
      "xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxX"
      "FvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
      "AQAB"));
  CHECK(key.signs_with() == algorithm::rs256);
  check_example(
      key, "eyJhbGciOiJSUzI1NiJ9." + claims_a1,
      "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
      "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
      "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
      "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw");
}

TEST_CASE("the ES256 example of RFC 7515 A.3 verifies", "[net][auth][keys]") {
  const auto key = key_of(p256_pem("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                                   "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"));
  CHECK(key.signs_with() == algorithm::es256);
  check_example(
      key, "eyJhbGciOiJFUzI1NiJ9." + claims_a1,
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
}

TEST_CASE("the EdDSA example of RFC 8037 A.4 verifies", "[net][auth][keys]") {
  const auto key = key_of(ed25519_pem("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
  CHECK(key.signs_with() == algorithm::eddsa);
  const std::string text = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  const std::string signature =
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
  check_example(key, text, signature);
  const auto own =
      signer::ed25519(base64url_decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").value());
  CHECK(base64url_encode(own.sign(text)) == signature);
}

TEST_CASE("an ES256 signature is two numbers of 32 bytes and nothing else", "[net][auth][keys]") {
  const auto pair = signer::ec("P-256");
  const auto key = key_of(pair.public_pem());
  const auto good = pair.sign("text");
  CHECK(key.verify("text", good));
  const std::string zero(32, '\0');
  const std::string order = "\xff\xff\xff\xff" + std::string(4, '\0') + std::string(8, '\xff') +
                            "\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51";
  for (const auto& bad :
       {std::string{}, good.substr(0, 63), good + '\0', good.substr(0, 32), '\0' + good,
        std::string(64, '\0'), std::string(64, '\xff'), zero + good.substr(32),
        good.substr(0, 32) + zero, order + order, order + good.substr(32),
        good.substr(0, 32) + order, good.substr(32) + good.substr(0, 32)})
    CHECK_FALSE(key.verify("text", bad));
  // What OpenSSL itself would take: DER.
  CHECK_FALSE(
      key.verify("text", "\x30\x44\x02\x20" + good.substr(0, 32) + "\x02\x20" + good.substr(32)));
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("weak and foreign keys are refused", "[net][auth][keys]") {
  for (const auto& pem :
       {signer::rsa(1024).public_pem(), signer::ec("P-384").public_pem(),
        signer::ec("secp256k1").public_pem(), signer::ec("P-256").private_pem(), std::string{},
        std::string{"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"},
        std::string{"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"},
        signer::ed25519().public_pem() + signer::ed25519().public_pem()})
    CHECK_FALSE(verification_key::from_pem(pem));
  CHECK_FALSE(verification_key::from_secret(std::string(31, 's')));
  CHECK(verification_key::from_secret(std::string(32, 's')));
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("keys come from the secret and from files, with their kids", "[net][auth][keys]") {
  const folder files;
  config::auth_options options;
  options.hs256_secret = std::string(32, 's');
  options.public_keys = {files.write("rsa.pem", signer::rsa(2048).public_pem()),
                         "2024=" + files.write("ec.pem", signer::ec("P-256").public_pem()),
                         files.write("odd=name.pem", signer::ed25519().public_pem())};
  const auto keys = load_keys(options);
  REQUIRE(keys);
  REQUIRE(keys->size() == 4);
  CHECK((*keys)[0].signs_with() == algorithm::hs256);
  CHECK((*keys)[1].signs_with() == algorithm::rs256);
  CHECK((*keys)[1].kid().empty());
  CHECK((*keys)[2].signs_with() == algorithm::es256);
  CHECK((*keys)[2].kid() == "2024");
  CHECK((*keys)[3].signs_with() == algorithm::eddsa);
  CHECK((*keys)[3].kid().empty());
}

TEST_CASE("a key file that cannot be used is named", "[net][auth][keys]") {
  const folder files;
  CHECK_THAT(complaint({"/nonexistent/key.pem"}),
             Contains("auth.public_keys: cannot read file /nonexistent/key.pem"));
  CHECK_THAT(complaint({"/"}), Contains("cannot read file /"));
  CHECK_THAT(complaint({files.write("large", std::string(70'000, '-'))}), Contains("large"));
  const auto weak = files.write("weak.pem", signer::rsa(1024).public_pem());
  CHECK_THAT(complaint({"kid=" + weak}), Contains(weak + ": not RSA of 2048..8192 bits"));
  CHECK_THAT(complaint({files.write("private.pem", signer::ed25519().private_pem())}),
             Contains("not one PEM block of type PUBLIC KEY") && !Contains("BEGIN"));
}
