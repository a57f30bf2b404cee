#include "net/auth/keys.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/pem.h>

#include <array>
#include <fstream>
#include <optional>

namespace parley::net::auth {
namespace {

using chat::errc;
using chat::unexpected;

constexpr std::size_t min_secret_bytes = 32;
constexpr std::size_t hmac_bytes = 32;
constexpr std::size_t half_bytes = 32;  // r or s of P-256
constexpr int min_rsa_bits = 2'048;
constexpr int max_rsa_bits = 8'192;  // larger ones make each check slow
constexpr std::size_t max_file_bytes = 64 * 1024;

template <auto Free>
struct freer {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};
using bio_ptr = std::unique_ptr<BIO, freer<BIO_free>>;
using mac_ptr = std::unique_ptr<EVP_MAC, freer<EVP_MAC_free>>;
using kdf_ptr = std::unique_ptr<EVP_KDF, freer<EVP_KDF_free>>;
using kdf_ctx_ptr = std::unique_ptr<EVP_KDF_CTX, freer<EVP_KDF_CTX_free>>;
using mac_ctx_ptr = std::unique_ptr<EVP_MAC_CTX, openssl_deleter>;
using md_ctx_ptr = std::unique_ptr<EVP_MD_CTX, freer<EVP_MD_CTX_free>>;
using ecdsa_ptr = std::unique_ptr<ECDSA_SIG, freer<ECDSA_SIG_free>>;
using bignum_ptr = std::unique_ptr<BIGNUM, freer<BN_free>>;

auto bytes_of(std::string_view text) -> const unsigned char* {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// Fetching the algorithm and hashing the key cost more than a short HMAC does: done once per key.
auto keyed_mac(std::string_view secret) -> mac_ctx_ptr {
  const mac_ptr hmac{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
  mac_ctx_ptr context{hmac ? EVP_MAC_CTX_new(hmac.get()) : nullptr};
  std::string digest = "SHA256";
  const std::array params{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                          OSSL_PARAM_construct_end()};
  if (!context || EVP_MAC_init(context.get(), bytes_of(secret), secret.size(), params.data()) != 1)
    return nullptr;
  return context;
}

auto verify_mac(const EVP_MAC_CTX& keyed, std::string_view text, std::string_view signature)
    -> bool {
  if (signature.size() != hmac_bytes) return false;
  const mac_ctx_ptr context{EVP_MAC_CTX_dup(&keyed)};
  std::array<unsigned char, hmac_bytes> own{};
  std::size_t size = 0;
  return context && EVP_MAC_update(context.get(), bytes_of(text), text.size()) == 1 &&
         EVP_MAC_final(context.get(), own.data(), &size, own.size()) == 1 && size == own.size() &&
         CRYPTO_memcmp(own.data(), signature.data(), own.size()) == 0;
}

/// r || s of JWS (RFC 7518, section 3.4) as the DER that OpenSSL wants; empty: not 64 bytes.
auto to_der(std::string_view signature) -> std::string {
  if (signature.size() != 2 * half_bytes) return {};
  bignum_ptr r{BN_bin2bn(bytes_of(signature), half_bytes, nullptr)};
  bignum_ptr s{BN_bin2bn(bytes_of(signature) + half_bytes, half_bytes, nullptr)};
  const ecdsa_ptr pair{ECDSA_SIG_new()};
  if (!r || !s || !pair || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  std::array<unsigned char, 80> der{};
  auto* end = der.data();
  const int size = i2d_ECDSA_SIG(pair.get(), &end);
  return size > 0 ? std::string{der.data(), end} : std::string{};
}

/// RSA checks PKCS#1 v1.5 padding, the default; Ed25519 hashes by itself and takes no digest.
auto verify_public(EVP_PKEY& key, algorithm which, std::string_view text,
                   std::string_view signature) -> bool {
  const md_ctx_ptr context{EVP_MD_CTX_new()};
  const auto* digest = which == algorithm::eddsa ? nullptr : EVP_sha256();
  return context && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, &key) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text),
                          text.size()) == 1;
}

auto is_p256(const EVP_PKEY& key) -> bool {
  std::array<char, 32> group{};
  return EVP_PKEY_get_group_name(&key, group.data(), group.size(), nullptr) == 1 &&
         std::string_view{group.data()} == "prime256v1";
}

/// RSA-PSS keys have an id of their own and fall out here, as does every other curve.
auto algorithm_of(const EVP_PKEY& key) -> std::optional<algorithm> {
  const auto bits = EVP_PKEY_get_bits(&key);
  switch (EVP_PKEY_get_base_id(&key)) {
    case EVP_PKEY_RSA:
      if (bits < min_rsa_bits || bits > max_rsa_bits) return std::nullopt;
      return algorithm::rs256;
    case EVP_PKEY_EC: return is_p256(key) ? std::optional{algorithm::es256} : std::nullopt;
    case EVP_PKEY_ED25519: return algorithm::eddsa;
    default: return std::nullopt;
  }
}

/// A second block would be passed over in silence, and a private key has no place here.
auto holds_one_public_key(std::string_view pem) -> bool {
  constexpr std::string_view begin = "-----BEGIN ";
  const auto first = pem.find(begin);
  return first != std::string_view::npos &&
         pem.substr(first + begin.size()).starts_with("PUBLIC KEY-----") &&
         pem.find(begin, first + 1) == std::string_view::npos;
}

auto read_file(const std::string& path) -> std::optional<std::string> {
  std::ifstream file{path, std::ios::binary};
  std::string text(max_file_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  const bool is_read = file.eof() && text.size() <= max_file_bytes;
  return is_read ? std::optional{std::move(text)} : std::nullopt;
}

/// "kid=path" or "path"; a '=' behind a slash belongs to the path.
auto load_key(const std::string& entry) -> chat::expected<verification_key> {
  const auto equals = entry.find('=');
  const bool has_kid = equals != std::string::npos && entry.find('/') > equals;
  const auto kid = has_kid ? entry.substr(0, equals) : std::string{};
  const auto path = has_kid ? entry.substr(equals + 1) : entry;
  const auto pem = read_file(path);
  if (!pem) return unexpected{errc::bad_request, "auth.public_keys: cannot read file " + path};
  auto key = verification_key::from_pem(*pem, kid);
  if (!key)
    return unexpected{errc::bad_request,
                      "auth.public_keys: file " + path + ": " + key.error().detail};
  return key;
}

}  // namespace

auto to_string(algorithm which) -> std::string_view {
  switch (which) {
    case algorithm::hs256: return "HS256";
    case algorithm::rs256: return "RS256";
    case algorithm::es256: return "ES256";
    case algorithm::eddsa: return "EdDSA";
  }
  return {};
}

void openssl_deleter::operator()(evp_mac_ctx_st* mac) const {
  EVP_MAC_CTX_free(mac);
}
void openssl_deleter::operator()(evp_pkey_st* key) const {
  EVP_PKEY_free(key);
}

auto verification_key::from_secret(std::string_view secret, std::string kid)
    -> chat::expected<verification_key> {
  if (secret.size() < min_secret_bytes)
    return unexpected{errc::bad_request, "an HS256 secret has at least 32 bytes"};
  verification_key key{algorithm::hs256, std::move(kid)};
  key.mac_ = keyed_mac(secret);
  if (!key.mac_) return unexpected{errc::bad_request, "OpenSSL offers no HMAC-SHA256"};
  return key;
}

auto verification_key::from_pem(std::string_view pem, std::string kid)
    -> chat::expected<verification_key> {
  if (!holds_one_public_key(pem))
    return unexpected{errc::bad_request, "not one PEM block of type PUBLIC KEY"};
  const bio_ptr source{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  std::unique_ptr<EVP_PKEY, openssl_deleter> parsed{
      source ? PEM_read_bio_PUBKEY(source.get(), nullptr, nullptr, nullptr) : nullptr};
  ERR_clear_error();
  if (!parsed) return unexpected{errc::bad_request, "not a public key"};
  const auto which = algorithm_of(*parsed);
  if (!which) return unexpected{errc::bad_request, "not RSA of 2048..8192 bits, P-256 or Ed25519"};
  verification_key key{*which, std::move(kid)};
  key.public_ = std::move(parsed);
  return key;
}

auto verification_key::verify(std::string_view text, std::string_view signature) const -> bool {
  if (algorithm_ == algorithm::hs256) return verify_mac(*mac_, text, signature);
  const auto der = algorithm_ == algorithm::es256 ? to_der(signature) : std::string{signature};
  const bool is_genuine = !der.empty() && verify_public(*public_, algorithm_, text, der);
  // What OpenSSL noted must not be found by the next TLS call of this thread.
  if (!is_genuine) ERR_clear_error();
  return is_genuine;
}

auto load_keys(const config::auth_options& options)
    -> chat::expected<std::vector<verification_key>> {
  std::vector<verification_key> keys;
  if (!options.hs256_secret.empty()) {
    auto key = verification_key::from_secret(options.hs256_secret);
    if (!key) return unexpected{errc::bad_request, "auth.hs256_secret: " + key.error().detail};
    keys.push_back(std::move(*key));
  }
  for (const auto& entry : options.public_keys) {
    auto key = load_key(entry);
    if (!key) return unexpected{key.error().code, key.error().detail};
    keys.push_back(std::move(*key));
  }
  return keys;
}

auto account_key(std::string_view hs256_secret) -> std::string {
  const kdf_ptr hkdf{EVP_KDF_fetch(nullptr, "HKDF", nullptr)};
  const kdf_ctx_ptr context{hkdf ? EVP_KDF_CTX_new(hkdf.get()) : nullptr};
  std::string digest = "SHA256";
  std::string secret{hs256_secret};
  std::string purpose = "parley: tokens of built-in accounts, 1";
  const std::array params{
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret.data(), secret.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, purpose.data(), purpose.size()),
      OSSL_PARAM_construct_end()};
  std::array<unsigned char, hmac_bytes> out{};
  if (!context || EVP_KDF_derive(context.get(), out.data(), out.size(), params.data()) != 1)
    return {};
  return {out.begin(), out.end()};
}

auto hmac_sha256(std::string_view secret, std::string_view text) -> std::string {
  std::array<unsigned char, hmac_bytes> out{};
  unsigned int size = 0;
  const auto* made = HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                          bytes_of(text), text.size(), out.data(), &size);
  return made ? std::string{out.begin(), out.end()} : std::string{};
}

}  // namespace parley::net::auth
