#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chat/expected.hpp"
#include "config/options.hpp"

struct evp_mac_ctx_st;
struct evp_pkey_st;

namespace parley::net::auth {

/// How a token is signed. A key knows one of these; a token cannot choose (RFC 8725, section 3.1).
enum class algorithm : std::uint8_t { hs256, rs256, es256, eddsa };

/// "HS256", "RS256", "ES256", "EdDSA": the only spellings of `alg` that match.
auto to_string(algorithm which) -> std::string_view;

/// Frees what OpenSSL made.
struct openssl_deleter {
  void operator()(evp_mac_ctx_st* mac) const;
  void operator()(evp_pkey_st* key) const;
};

/// One key that checks signatures, for one algorithm, perhaps for one kid.
/// @thread const functions from any, at once
class verification_key {
 public:
  /// HS256. @param secret  at least 32 bytes  @errors errc::bad_request
  static auto from_secret(std::string_view secret, std::string kid = {})
      -> chat::expected<verification_key>;

  /// One PEM block "PUBLIC KEY": RSA of 2048..8192 bits (RS256), P-256 (ES256) or Ed25519 (EdDSA).
  /// @errors errc::bad_request: anything else, private keys and several blocks among it
  static auto from_pem(std::string_view pem, std::string kid = {})
      -> chat::expected<verification_key>;

  /// True if `signature` was made over `text` by this key. HMACs are compared in constant time;
  /// ES256 takes r and s of 32 bytes each, nothing else.
  auto verify(std::string_view text, std::string_view signature) const -> bool;

  auto signs_with() const -> algorithm { return algorithm_; }
  /// Empty: bound to none.
  auto kid() const -> const std::string& { return kid_; }

 private:
  verification_key(algorithm which, std::string kid) : algorithm_(which), kid_(std::move(kid)) {}

  algorithm algorithm_;
  std::string kid_;
  std::unique_ptr<evp_mac_ctx_st, openssl_deleter>
      mac_;  ///< keyed, never fed: each check copies it
  std::unique_ptr<evp_pkey_st, openssl_deleter> public_;
};

/// The keys of `auth.hs256_secret` and `auth.public_keys`, in that order.
/// @errors errc::bad_request; names the file. Blocking: reads the files, 64 KiB each at most.
auto load_keys(const config::auth_options& options)
    -> chat::expected<std::vector<verification_key>>;

/// The key that tokens of built-in accounts are signed with: 32 bytes made of `auth.hs256_secret`
/// (HKDF-SHA256, RFC 5869), so that other services that know the secret for tokens of their own do
/// not take ours. Empty when OpenSSL fails. @thread any
auto account_key(std::string_view hs256_secret) -> std::string;

/// HMAC-SHA256, 32 bytes; empty when OpenSSL fails. @thread any
auto hmac_sha256(std::string_view secret, std::string_view text) -> std::string;

}  // namespace parley::net::auth
