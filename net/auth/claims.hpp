#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "chat/entry.hpp"
#include "chat/time.hpp"

namespace parley::net::auth {

/// Who a token speaks for, and until when.
struct identity {
  chat::profile profile;          ///< `user` is the `sub`; fields without a claim are empty
  std::int64_t expires_at_s = 0;  ///< `exp`, rounded down; it stays good for clock_skew_s more
  chat::uuid device;              ///< of built-in accounts: `sid`, the browser that stays signed in

  friend auto operator==(const identity&, const identity&) -> bool = default;
};

/// Why a token was refused; for metrics and tests, never for the caller who brought it.
enum class refusal : std::uint8_t {
  none = 0,
  too_long,         ///< over 8 KiB
  malformed,        ///< not three canonical base64url parts
  bad_header,       ///< no strict JSON object, or crit, jku, jwk, x5u, x5c, another typ
  wrong_algorithm,  ///< no key that may serve this kid has this `alg`
  unknown_key,      ///< no key serves this kid
  bad_signature,
  bad_claims,  ///< no strict JSON object, or exp, nbf, iat not sane numbers
  expired,
  not_yet_valid,
  bad_subject,  ///< `sub` missing or not 1..64 visible ASCII
  wrong_issuer,
  wrong_audience,
};

/// "bad_signature" and so on, as a metric's label. "none" for none.
auto to_string(refusal why) -> std::string_view;

/// What the claims of every token must say.
struct claim_rules {
  std::string issuer;    ///< required `iss`; empty: any
  std::string audience;  ///< required among `aud`; empty: any
  double skew_s = 0;     ///< leeway for exp and nbf
};

/// Judges the claims of a token whose signature holds, and fills `who` when they are good.
///
/// Numbers of seconds may have a fraction and lie between 1970 and the year 9999; a string is no
/// number. exp and sub are required; nbf and iat, when present, must be numbers.
/// @param text  the decoded second part  @thread any
auto read_claims(std::string_view text, const claim_rules& rules, chat::timestamp now,
                 identity& who) -> refusal;

}  // namespace parley::net::auth
