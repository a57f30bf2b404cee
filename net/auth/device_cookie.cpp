#include "net/auth/device_cookie.hpp"

#include <openssl/crypto.h>

#include <charconv>

#include "net/auth/base64url.hpp"
#include "net/auth/keys.hpp"

namespace parley::net::auth {
namespace {

auto mac_of(std::string_view hs256_secret, std::string_view text) -> std::string {
  const auto key = hmac_sha256(account_key(hs256_secret), "parley: cookies of devices, 1");
  return key.empty() ? std::string{} : hmac_sha256(key, text);
}

/// Takes what stands before the next dot off `text`, and the dot.
auto take_part(std::string_view& text) -> std::string_view {
  const auto dot = text.find('.');
  const auto part = text.substr(0, dot);
  text.remove_prefix(dot == std::string_view::npos ? text.size() : dot + 1);
  return part;
}

}  // namespace

auto write_device(std::string_view hs256_secret, const device_claim& what) -> std::string {
  const auto text = base64url_encode(what.user.value) + '.' + to_string(what.device.id) + '.' +
                    std::to_string(what.device.generation);
  const auto mac = mac_of(hs256_secret, text);
  return mac.empty() ? std::string{} : text + '.' + base64url_encode(mac);
}

auto read_device(std::string_view hs256_secret, std::string_view text)
    -> std::optional<device_claim> {
  const auto last = text.rfind('.');
  if (text.size() > max_device_cookie_bytes || last == std::string_view::npos) return std::nullopt;
  const auto given = base64url_decode(text.substr(last + 1));
  auto said = text.substr(0, last);
  const auto wanted = mac_of(hs256_secret, said);
  if (!given || wanted.empty() || given->size() != wanted.size() ||
      CRYPTO_memcmp(given->data(), wanted.data(), wanted.size()) != 0)
    return std::nullopt;
  const auto user = base64url_decode(take_part(said));
  const auto id = chat::parse_uuid(take_part(said));
  device_claim made;
  const auto [end, failed] =
      std::from_chars(said.data(), said.data() + said.size(), made.device.generation);
  if (!user || !id || failed != std::errc{} || end != said.data() + said.size()) return std::nullopt;
  made.user.value = *user;
  made.device.id = *id;
  return made;
}

}  // namespace parley::net::auth
