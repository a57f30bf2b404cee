#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace parley::net::auth {

/// A private key made for one test, and the tokens it signs; shares no code with the verifier but
/// base64url.
class signer {
 public:
  static auto rsa(int bits) -> signer;
  static auto ec(const char* curve) -> signer;  ///< "P-256", "P-384", "secp256k1"
  static auto ed25519() -> signer;
  /// From the raw private key bytes of RFC 8037, appendix A.
  static auto ed25519(std::string_view private_bytes) -> signer;

  auto public_pem() const -> std::string;
  auto private_pem() const -> std::string;
  /// The bare signature as JWS has it: r || s for EC.
  auto sign(std::string_view text) const -> std::string;
  /// A compact token of two JSON texts.
  auto token(std::string_view header, std::string_view claims) const -> std::string;

 private:
  struct deleter {
    void operator()(evp_pkey_st* key) const;
  };
  explicit signer(evp_pkey_st* key) : key_(key) {}

  std::unique_ptr<evp_pkey_st, deleter> key_;
};

/// A compact HS256 token of two JSON texts.
auto hs256_token(std::string_view secret, std::string_view header, std::string_view claims)
    -> std::string;

/// PEM of the public key that a JWK describes; all members base64url.
auto rsa_pem(std::string_view n, std::string_view e) -> std::string;
auto p256_pem(std::string_view x, std::string_view y) -> std::string;
auto ed25519_pem(std::string_view x) -> std::string;

}  // namespace parley::net::auth
