#pragma once

#include <string>
#include <vector>

#include "chat/entry.hpp"

/// Built-in accounts: making one, signing in, and the browsers that stay signed in.
namespace parley::chat {

struct done;

/// A browser that stays signed in, by a cookie that is exchanged at each use.
struct device {
  uuid id;                       ///< nil: none
  std::uint64_t generation = 0;  ///< of its cookie; rises at each exchange

  friend auto operator==(const device&, const device&) -> bool = default;
};

/// A cookie is good for so long since its last use.
inline constexpr std::int64_t device_idle_ms = 30LL * 24 * 3'600 * 1'000;
/// A cookie is good for so long after its exchange: two tabs may bring the same one at once, and an
/// answer may be lost. Later uses end the device: somebody has a copy.
inline constexpr std::int64_t device_grace_ms = 60'000;
/// Devices of one user; one more, and the one not used for the longest time goes.
inline constexpr std::size_t max_devices = 50;
/// Bytes of what a browser says of itself (User-Agent) that are kept.
inline constexpr std::size_t max_agent_bytes = 200;

struct signed_in {
  chat::profile profile;
  chat::device device;  ///< nil: it was not asked to stay
};

/// POST /auth/register. Answered as if it had signed in, too. The password is forgotten as soon as it is
/// hashed.
struct register_account {
  using result_type = signed_in;
  std::string user_name;
  std::string password;
  std::string first_name;
  std::string last_name;
  std::string display_name;
  bool stays = false;  ///< as a device
  std::string agent;   ///< what the browser says of itself
};

/// POST /auth/token
struct sign_in {
  using result_type = signed_in;
  std::string user_name;
  std::string password;
  bool stays = false;
  std::string agent;
};

/// POST /auth/session: exchanges the cookie of one of the caller's devices.
/// @errors errc::unauthenticated: it has ended, or just now by this use of an old cookie
struct renew_device {
  using result_type = signed_in;
  chat::device what;
};

/// A row of GET /auth/sessions.
struct device_view {
  uuid id;
  timestamp created_at;
  timestamp last_used_at;
  std::string agent;
  bool is_current = false;
};

/// GET /auth/sessions: the caller's, the one used last first.
struct list_devices {
  using result_type = std::vector<device_view>;
  uuid current;  ///< the one that the caller's token comes from; nil: none
};

/// DELETE /auth/session and DELETE /auth/sessions/{id}
/// @errors errc::not_found, unless `may_be_gone`
struct end_device {
  using result_type = done;
  uuid id;
  bool may_be_gone = false;
};

/// PUT /auth/password: ends the caller's devices but `device`.
/// @errors errc::forbidden (another is the present one), errc::not_found (no built-in account)
struct change_password {
  using result_type = done;
  std::string present;
  std::string next;
  uuid device;
};

#define PARLEY_INSPECT(type, ...)          \
  template <class Inspector>               \
  auto inspect(Inspector& f, type& x) {    \
    return f(__VA_ARGS__);                 \
  }

PARLEY_INSPECT(device, x.id, x.generation)
PARLEY_INSPECT(signed_in, x.profile, x.device)
PARLEY_INSPECT(register_account, x.user_name, x.password, x.first_name, x.last_name, x.display_name,
               x.stays, x.agent)
PARLEY_INSPECT(sign_in, x.user_name, x.password, x.stays, x.agent)
PARLEY_INSPECT(change_password, x.present, x.next, x.device)

#undef PARLEY_INSPECT

}  // namespace parley::chat
