#include "tests/unit/net/auth/signer.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <array>
#include <stdexcept>
#include <vector>

#include "net/auth/base64url.hpp"

namespace parley::net::auth {
namespace {

auto bytes_of(std::string_view text) -> const unsigned char* {
  return reinterpret_cast<const unsigned char*>(text.data());
}

auto must(bool done, const char* what) -> void {
  if (!done) throw std::runtime_error{what};
}

auto text_of(BIO* memory) -> std::string {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory, &data);
  std::string text{data, static_cast<std::size_t>(size)};
  BIO_free(memory);
  return text;
}

auto pem_of(EVP_PKEY* key) -> std::string {
  auto* memory = BIO_new(BIO_s_mem());
  must(PEM_write_bio_PUBKEY(memory, key) == 1, "PEM_write_bio_PUBKEY");
  return text_of(memory);
}

auto pem_from_params(const char* type, OSSL_PARAM* params) -> std::string {
  auto* context = EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr);
  EVP_PKEY* key = nullptr;
  must(EVP_PKEY_fromdata_init(context) == 1 &&
           EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) == 1,
       "EVP_PKEY_fromdata");
  auto pem = pem_of(key);
  EVP_PKEY_free(key);
  EVP_PKEY_CTX_free(context);
  return pem;
}

/// DER as OpenSSL signs -> r || s, `half` bytes each.
auto to_raw(std::string_view der, int half) -> std::string {
  const auto* at = bytes_of(der);
  auto* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  std::vector<unsigned char> raw(static_cast<std::size_t>(2 * half));
  must(BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw.data(), half) == half &&
           BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw.data() + half, half) == half,
       "BN_bn2binpad");
  ECDSA_SIG_free(pair);
  return {raw.begin(), raw.end()};
}

}  // namespace

void signer::deleter::operator()(evp_pkey_st* key) const {
  EVP_PKEY_free(key);
}

auto signer::rsa(int bits) -> signer {
  return signer{EVP_RSA_gen(static_cast<unsigned>(bits))};
}
auto signer::ec(const char* curve) -> signer {
  return signer{EVP_EC_gen(curve)};
}
auto signer::ed25519() -> signer {
  return signer{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
}

auto signer::ed25519(std::string_view private_bytes) -> signer {
  return signer{EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(private_bytes),
                                             private_bytes.size())};
}

auto signer::public_pem() const -> std::string {
  return pem_of(key_.get());
}

auto signer::private_pem() const -> std::string {
  auto* memory = BIO_new(BIO_s_mem());
  must(PEM_write_bio_PrivateKey(memory, key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
       "PEM_write_bio_PrivateKey");
  return text_of(memory);
}

auto signer::sign(std::string_view text) const -> std::string {
  const auto type = EVP_PKEY_get_base_id(key_.get());
  auto* context = EVP_MD_CTX_new();
  std::array<unsigned char, 2'048> out{};
  auto size = out.size();
  const auto* digest = type == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
  must(EVP_DigestSignInit(context, nullptr, digest, nullptr, key_.get()) == 1 &&
           EVP_DigestSign(context, out.data(), &size, bytes_of(text), text.size()) == 1,
       "EVP_DigestSign");
  EVP_MD_CTX_free(context);
  const std::string made{out.data(), out.data() + size};
  return type == EVP_PKEY_EC ? to_raw(made, (EVP_PKEY_get_bits(key_.get()) + 7) / 8) : made;
}

auto signer::token(std::string_view header, std::string_view claims) const -> std::string {
  const auto text = base64url_encode(header) + "." + base64url_encode(claims);
  return text + "." + base64url_encode(sign(text));
}

auto hs256_token(std::string_view secret, std::string_view header, std::string_view claims)
    -> std::string {
  const auto text = base64url_encode(header) + "." + base64url_encode(claims);
  std::array<unsigned char, 32> out{};
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(text), text.size(),
       out.data(), nullptr);
  return text + "." + base64url_encode(std::string{out.begin(), out.end()});
}

auto rsa_pem(std::string_view n, std::string_view e) -> std::string {
  const auto modulus = base64url_decode(n).value();
  const auto exponent = base64url_decode(e).value();
  auto* build = OSSL_PARAM_BLD_new();
  auto* big_n = BN_bin2bn(bytes_of(modulus), static_cast<int>(modulus.size()), nullptr);
  auto* big_e = BN_bin2bn(bytes_of(exponent), static_cast<int>(exponent.size()), nullptr);
  OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, big_n);
  OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, big_e);
  auto* params = OSSL_PARAM_BLD_to_param(build);
  auto pem = pem_from_params("RSA", params);
  OSSL_PARAM_free(params);
  OSSL_PARAM_BLD_free(build);
  BN_free(big_n);
  BN_free(big_e);
  return pem;
}

auto p256_pem(std::string_view x, std::string_view y) -> std::string {
  auto point = "\x04" + base64url_decode(x).value() + base64url_decode(y).value();
  std::string group = "P-256";
  std::array params{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  return pem_from_params("EC", params.data());
}

auto ed25519_pem(std::string_view x) -> std::string {
  const auto bytes = base64url_decode(x).value();
  auto* key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), bytes.size());
  auto pem = pem_of(key);
  EVP_PKEY_free(key);
  return pem;
}

}  // namespace parley::net::auth
