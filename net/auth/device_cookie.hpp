#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "chat/accounts.hpp"
#include "chat/ids.hpp"

namespace parley::net::auth {

/// What the cookie of a browser that stays signed in says.
struct device_claim {
  chat::user_id user;
  chat::device device;

  friend auto operator==(const device_claim&, const device_claim&) -> bool = default;
};

/// Longest cookie value that is looked at.
inline constexpr std::size_t max_device_cookie_bytes = 256;

/// "USER.ID.GENERATION.MAC", in characters that need no quoting. The MAC (HMAC-SHA256) is made with a key
/// of its own, derived from the secret: the same claim always makes the same text, and nothing that a
/// database holds makes one. Empty when OpenSSL fails. @thread any
auto write_device(std::string_view hs256_secret, const device_claim& what) -> std::string;

/// The claim, when we wrote it with this secret; compared in constant time. @thread any
auto read_device(std::string_view hs256_secret, std::string_view text)
    -> std::optional<device_claim>;

}  // namespace parley::net::auth
