#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "chat/entry.hpp"
#include "chat/expected.hpp"
#include "chat/time.hpp"
#include "config/options.hpp"
#include "net/auth/claims.hpp"
#include "net/auth/keys.hpp"

namespace parley::net::auth {

/// Longest token that is looked at.
inline constexpr std::size_t max_token_bytes = 8 * 1024;
/// Longest first part that is decoded, and the values its header may hold besides the first: usual
/// ones have 30..300 bytes and 2..5 members. Anybody can write one, so it is looked at for little.
inline constexpr std::size_t max_header_chars = 1'024;
inline constexpr std::size_t max_header_values = 16;

/// Judges bearer tokens: compact JWS (RFC 7515) with JWT claims (RFC 7519), by RFC 8725.
///
/// - The key fixes the algorithm; `alg` must name it exactly. A token with a `kid` that some key is
///   bound to is tried with the keys of that kid only, any other with the keys bound to none.
/// - Tokens of built-in accounts (auth.accounts) have a key of their own, made of the secret, which
///   no other token may use; they are judged by the settings that they are issued under.
/// - Before the signature holds only the header is decoded and parsed, which has bounds of its own;
///   claims are afterwards. `exp` and `sub` are required, `iss` and `aud`
/// when
///   configured. given_name, family_name, name (256 bytes) and picture (1,024) fill the profile if
///   they are text without control characters, and are passed over otherwise.
/// - No file, network or database is touched.
///
/// @thread verify from any, at once
/// @source Q-33, section 5 of the abuse table
class verifier {
 public:
  /// Reads secret and key files. Without either every token is refused.
  /// @errors errc::bad_request; names the setting and the file
  static auto make(const config::auth_options& options) -> chat::expected<verifier>;
  /// @param accounts  what issue() gets, when it is not `options`
  static auto make(const config::auth_options& options, const config::auth_options& accounts)
      -> chat::expected<verifier>;

  /// @param now  wall time, from chat::clock
  /// @param why  filled when given: what was wrong
  /// @errors errc::unauthenticated, with one and the same text for every reason
  auto verify(std::string_view token, chat::timestamp now, refusal* why = nullptr) const
      -> chat::expected<identity>;

 private:
  verifier() = default;
  auto check(std::string_view token, chat::timestamp now, identity& who) const -> refusal;

  std::vector<verification_key> keys_;
  claim_rules rules_;
  std::vector<verification_key> account_keys_;  ///< one; none: accounts are off
  claim_rules account_rules_;
};

/// An HS256 token for a built-in account, by account_key(): sub, name, given_name, family_name, iat,
/// exp (after auth.token_lifetime_s), iss as configured or "parley", and aud as configured. Profile
/// fields that are empty stay out.
/// @param device  `sid`: the browser that stays signed in; nil: none
/// @errors errc::bad_request: no secret of 32 bytes, no valid user id
auto issue(const config::auth_options& options, const chat::profile& who, chat::timestamp now,
           const chat::uuid& device = {}) -> chat::expected<std::string>;

}  // namespace parley::net::auth
