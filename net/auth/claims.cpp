#include "net/auth/claims.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "chat/text.hpp"
#include "net/auth/strict_json.hpp"

namespace parley::net::auth {
namespace {

using nlohmann::json;

constexpr double last_second = 253'402'300'799;  // 9999-12-31T23:59:59Z
constexpr std::size_t max_name_bytes = 256;
constexpr std::size_t max_picture_bytes = 1'024;

/// A claim that counts seconds: absent, there, or not what it should be.
struct moment {
  bool is_present = false;
  bool is_sane = true;
  double seconds = 0;
};

auto read_moment(const json& claims, const char* name) -> moment {
  const auto found = claims.find(name);
  if (found == claims.end()) return {};
  if (!found->is_number()) return {true, false};
  const auto seconds = found->get<double>();
  return {true, std::isfinite(seconds) && seconds >= 0 && seconds <= last_second, seconds};
}

auto read_text(const json& claims, const char* name) -> std::optional<std::string> {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

/// A claim for the profile; one that is too long or not plain text counts as missing.
auto read_profile_text(const json& claims, const char* name, std::size_t max_bytes) -> std::string {
  auto text = read_text(claims, name);
  if (!text || text->size() > max_bytes || !chat::check_name(*text, max_bytes)) return {};
  return *std::move(text);
}

/// A list with anything but texts in it is no audience, even if one of them fits.
auto has_audience(const json& claims, const std::string& wanted) -> bool {
  const auto aud = claims.find("aud");
  if (aud == claims.end()) return false;
  if (aud->is_string()) return aud->get_ref<const std::string&>() == wanted;
  bool is_named = false;
  if (!aud->is_array()) return false;
  for (const auto& each : *aud) {
    if (!each.is_string()) return false;
    is_named |= each.get_ref<const std::string&>() == wanted;
  }
  return is_named;
}

auto check_times(const json& claims, const claim_rules& rules, chat::timestamp now, identity& who)
    -> refusal {
  const auto exp = read_moment(claims, "exp");
  const auto nbf = read_moment(claims, "nbf");
  const auto iat = read_moment(claims, "iat");
  if (!exp.is_present || !exp.is_sane || !nbf.is_sane || !iat.is_sane) return refusal::bad_claims;
  // Seconds up to the year 9999 keep their milliseconds in a double.
  const auto now_s = static_cast<double>(now.ms) / 1'000;
  if (now_s >= exp.seconds + rules.skew_s) return refusal::expired;
  if (now_s + rules.skew_s < nbf.seconds) return refusal::not_yet_valid;
  who.expires_at_s = static_cast<std::int64_t>(exp.seconds);
  return refusal::none;
}

}  // namespace

auto to_string(refusal why) -> std::string_view {
  constexpr std::array<std::string_view, 13> names{
      "none",        "too_long",      "malformed",     "bad_header", "wrong_algorithm",
      "unknown_key", "bad_signature", "bad_claims",    "expired",    "not_yet_valid",
      "bad_subject", "wrong_issuer",  "wrong_audience"};
  return names[static_cast<std::size_t>(why)];
}

auto read_claims(std::string_view text, const claim_rules& rules, chat::timestamp now,
                 identity& who) -> refusal {
  const auto claims = parse_object(text);
  if (!claims) return refusal::bad_claims;
  if (const auto late = check_times(*claims, rules, now, who); late != refusal::none) return late;
  const auto sub = read_text(*claims, "sub");
  if (!sub || !chat::is_visible_ascii_id(*sub)) return refusal::bad_subject;
  if (!rules.issuer.empty() && read_text(*claims, "iss") != rules.issuer)
    return refusal::wrong_issuer;
  if (!rules.audience.empty() && !has_audience(*claims, rules.audience))
    return refusal::wrong_audience;
  who.profile.user.value = *sub;
  who.device = chat::parse_uuid(read_text(*claims, "sid").value_or("")).value_or(chat::uuid{});
  who.profile.first_name = read_profile_text(*claims, "given_name", max_name_bytes);
  who.profile.last_name = read_profile_text(*claims, "family_name", max_name_bytes);
  who.profile.display_name = read_profile_text(*claims, "name", max_name_bytes);
  who.profile.picture_url = read_profile_text(*claims, "picture", max_picture_bytes);
  return refusal::none;
}

}  // namespace parley::net::auth
