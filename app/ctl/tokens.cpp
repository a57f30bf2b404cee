#include "app/ctl/tokens.hpp"

#include <ostream>

#include "app/ctl/output.hpp"
#include "app/ctl/workplace.hpp"
#include "chat/ids.hpp"
#include "net/auth/base64url.hpp"
#include "storage/blobs/hmac.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;

constexpr std::size_t max_lifetime_s = 31'536'000;

auto encoded(const json& part) -> std::string {
  return net::auth::base64url_encode(part.dump());
}

auto signed_token(const json& claims, const std::string& secret) -> std::string {
  const auto text = encoded({{"alg", "HS256"}, {"typ", "JWT"}}) + '.' + encoded(claims);
  const auto digest = storage::blobs::hmac_sha256(secret, text);
  return text + '.' + net::auth::base64url_encode(storage::blobs::view(digest));
}

}  // namespace

auto make_token(workplace& at) -> chat::expected<void> {
  const auto user = at.operand(0);
  if (!chat::is_visible_ascii_id(user) || user.starts_with(chat::guest_prefix))
    return at.wrong("a user id is 1 to 64 visible ASCII characters, not beginning with guest:");
  const auto lifetime = at.number("--lifetime", 3'600, max_lifetime_s);
  if (!lifetime) return unexpected{lifetime.error()};
  const auto options = at.options();
  if (!options) return unexpected{options.error()};
  const auto& auth = (*options)->auth;
  if (auth.hs256_secret.empty())
    return unexpected{errc::conflict,
                      "auth.hs256_secret is not set: tokens come from your identity provider"};
  const auto now = at.now().ms / 1'000;
  json claims{{"sub", user}, {"iat", now}, {"exp", now + static_cast<std::int64_t>(*lifetime)}};
  if (!auth.issuer.empty()) claims["iss"] = auth.issuer;
  if (!auth.audience.empty()) claims["aud"] = auth.audience;
  if (at.args.has("--name")) claims["name"] = at.args.text("--name");
  const auto token = signed_token(claims, auth.hs256_secret);
  if (at.args.json)
    print_json(at.out(), {{"accessToken", token}, {"userId", user}, {"expiresIn", *lifetime}});
  else
    at.out() << token << '\n';
  return {};
}

}  // namespace parley::app::ctl
