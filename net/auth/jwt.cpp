#include "net/auth/jwt.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "net/auth/base64url.hpp"
#include "net/auth/strict_json.hpp"

namespace parley::net::auth {
namespace {

using chat::errc;
using chat::unexpected;
using nlohmann::json;

/// The three parts. What the signature is for stays as it is written: longer and dearer to decode.
struct compact {
  std::string_view header;
  std::string_view claims;
  std::string signature;
  std::string_view signed_part;  ///< the first two parts and their dot
};

struct header {
  std::string alg;
  std::string kid;  ///< empty: none
};

/// Of the largest signature there is, by an RSA key of 8,192 bits.
constexpr std::size_t max_signature_chars = 1'366;

/// An empty signature is how `alg: none` looks; no key could match it anyway.
auto split(std::string_view token) -> std::optional<compact> {
  const auto first = token.find('.');
  const auto second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) return std::nullopt;
  const auto sealed = token.substr(second + 1);
  if (sealed.size() > max_signature_chars) return std::nullopt;
  auto signature = base64url_decode(sealed);
  if (!signature || signature->empty()) return std::nullopt;
  return compact{token.substr(0, first), token.substr(first + 1, second - first - 1),
                 *std::move(signature), token.substr(0, second)};
}

auto equals_ignoring_case(std::string_view text, std::string_view lower) -> bool {
  return std::ranges::equal(text, lower, [](char c, char wanted) {
    return (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) == wanted;
  });
}

/// JWT, or the access token of RFC 9068; a missing typ is fine.
auto is_accepted_type(const json& head) -> bool {
  const auto typ = head.find("typ");
  if (typ == head.end()) return true;
  if (!typ->is_string()) return false;
  const auto& text = typ->get_ref<const std::string&>();
  return equals_ignoring_case(text, "jwt") || equals_ignoring_case(text, "at+jwt");
}

/// Ways to bring a key along, or to ask for rules we do not know.
auto brings_its_own_rules(const json& head) -> bool {
  constexpr std::array names{"crit", "jku", "jwk", "x5u", "x5c"};
  return std::ranges::any_of(names, [&](const char* name) { return head.contains(name); });
}

auto read_header(std::string_view text) -> std::optional<header> {
  const auto head = parse_object(text, max_header_values);
  if (!head || brings_its_own_rules(*head) || !is_accepted_type(*head)) return std::nullopt;
  const auto alg = head->find("alg");
  const auto kid = head->find("kid");
  if (alg == head->end() || !alg->is_string()) return std::nullopt;
  if (kid == head->end()) return header{alg->get<std::string>(), {}};
  if (!kid->is_string()) return std::nullopt;
  return header{alg->get<std::string>(), kid->get<std::string>()};
}

/// Several keys may serve one kid, or none: while one replaces another, both verify.
auto check_signature(std::span<const verification_key> keys, const compact& token,
                     const header& head) -> refusal {
  const auto serves = [&](const auto& key) { return key.kid() == head.kid; };
  const bool is_bound = !head.kid.empty() && std::ranges::any_of(keys, serves);
  auto refused = refusal::unknown_key;
  for (const auto& key : keys) {
    if (is_bound ? key.kid() != head.kid : !key.kid().empty()) continue;
    if (refused == refusal::unknown_key) refused = refusal::wrong_algorithm;
    if (to_string(key.signs_with()) != head.alg) continue;
    if (key.verify(token.signed_part, token.signature)) return refusal::none;
    refused = refusal::bad_signature;
  }
  return refused;
}

/// The kid of account tokens. Another service may have it, too: then its keys are tried as well.
constexpr std::string_view account_kid = "parley";

auto account_issuer(const config::auth_options& options) -> const std::string& {
  static const std::string own = "parley";
  return options.issuer.empty() ? own : options.issuer;
}

/// Empty fields stay out, so that a token never overwrites a profile with nothing.
auto account_claims(const config::auth_options& options, const chat::profile& who,
                    chat::timestamp now, const chat::uuid& device) -> json {
  const auto issued_at = now.ms / 1'000;
  json claims{
      {"sub", who.user.value}, {"iat", issued_at}, {"exp", issued_at + options.token_lifetime_s}};
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) claims[name] = text;
  };
  add("name", who.display_name);
  add("given_name", who.first_name);
  add("family_name", who.last_name);
  add("iss", account_issuer(options));
  add("aud", options.audience);
  add("sid", device.is_nil() ? std::string{} : to_string(device));
  return claims;
}

}  // namespace

auto verifier::make(const config::auth_options& options) -> chat::expected<verifier> {
  return make(options, options);
}

auto verifier::make(const config::auth_options& options, const config::auth_options& accounts)
    -> chat::expected<verifier> {
  auto keys = load_keys(options);
  if (!keys) return unexpected{keys.error().code, keys.error().detail};
  verifier made;
  made.keys_ = std::move(*keys);
  const auto skew = static_cast<double>(options.clock_skew_s);
  made.rules_ = {options.issuer, options.audience, skew};
  if (!accounts.accounts) return made;
  auto own = verification_key::from_secret(account_key(accounts.hs256_secret),
                                           std::string{account_kid});
  if (!own) return unexpected{own.error().code, own.error().detail};
  made.account_keys_.push_back(std::move(*own));
  made.account_rules_ = {account_issuer(accounts), accounts.audience, skew};
  return made;
}

auto verifier::verify(std::string_view token, chat::timestamp now, refusal* why) const
    -> chat::expected<identity> {
  identity who;
  const auto refused = check(token, now, who);
  if (why) *why = refused;
  if (refused != refusal::none) return unexpected{errc::unauthenticated, "the token is not valid"};
  return who;
}

auto verifier::check(std::string_view token, chat::timestamp now, identity& who) const -> refusal {
  if (token.size() > max_token_bytes) return refusal::too_long;
  const auto parts = split(token);
  if (!parts) return refusal::malformed;
  if (parts->header.size() > max_header_chars) return refusal::bad_header;
  const auto header_text = base64url_decode(parts->header);
  if (!header_text) return refusal::malformed;
  const auto head = read_header(*header_text);
  if (!head) return refusal::bad_header;
  const bool may_be_ours = head->kid == account_kid && !account_keys_.empty();
  const bool is_ours =
      may_be_ours && check_signature(account_keys_, *parts, *head) == refusal::none;
  const auto refused = is_ours ? refusal::none : check_signature(keys_, *parts, *head);
  if (refused != refusal::none) return refused;
  const auto claims = base64url_decode(parts->claims);
  const auto& rules = is_ours ? account_rules_ : rules_;
  if (!claims) return refusal::malformed;
  const auto read = read_claims(*claims, rules, now, who);
  if (!is_ours) who.device = {};  // others have sessions of their own
  return read;
}

auto issue(const config::auth_options& options, const chat::profile& who, chat::timestamp now,
           const chat::uuid& device) -> chat::expected<std::string> {
  constexpr std::size_t min_secret_bytes = 32;
  if (options.hs256_secret.size() < min_secret_bytes)
    return unexpected{errc::bad_request, "auth.hs256_secret has less than 32 bytes"};
  if (!chat::is_visible_ascii_id(who.user.value))
    return unexpected{errc::bad_request, "not a user id"};
  const auto claims =
      account_claims(options, who, now, device).dump(-1, ' ', false, json::error_handler_t::replace);
  const json header{{"alg", "HS256"}, {"kid", account_kid}, {"typ", "JWT"}};
  auto token = base64url_encode(header.dump()) + "." + base64url_encode(claims);
  const auto signature = hmac_sha256(account_key(options.hs256_secret), token);
  if (signature.empty()) return unexpected{errc::unavailable, "OpenSSL offers no HMAC-SHA256"};
  return token + "." + base64url_encode(signature);
}

}  // namespace parley::net::auth
