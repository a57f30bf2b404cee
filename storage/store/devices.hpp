#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "chat/expected.hpp"
#include "chat/ids.hpp"
#include "chat/time.hpp"

namespace parley::storage {

/// A browser that stays signed in.
struct device_row {
  chat::uuid id;
  chat::user_id user;
  chat::timestamp created_at;
  chat::timestamp renewed_at;  ///< its cookie was exchanged last
  std::string agent;           ///< ASCII, at most 200 bytes
};

/// Somebody brings the cookie of a device.
struct device_use {
  chat::user_id user;
  chat::uuid id;
  std::uint64_t generation = 0;
  chat::timestamp now;
  chat::timestamp alive_since;  ///< a device that was not used since then has ended
  chat::timestamp grace_since;  ///< a cookie that was exchanged since then is still good
};

struct password_change {
  chat::user_id user;
  std::string present_hash;
  std::string next_hash;
  chat::uuid but;  ///< of the user's devices this one stays
};

/// The part of the store that keeps browsers signed in. Errors and threads: see `store`.
class device_store {
 public:
  virtual ~device_store() = default;

  /// Keeps one with its first cookie, generation 1. Of more than `max_devices` of a user the one renewed
  /// the longest ago goes, never this one.
  virtual auto add_device(const device_row& what, std::size_t max_devices)
      -> chat::expected<void> = 0;

  /// Exchanges a cookie. @returns the generation of the new one: the next, or, when this one was exchanged
  /// a moment ago, the same as then. Nothing: there is no such device, or this use has ended it.
  virtual auto renew_device(const device_use& use)
      -> chat::expected<std::optional<std::uint64_t>> = 0;

  /// Those that have not ended, the one renewed last first.
  virtual auto devices_of(const chat::user_id& user, chat::timestamp alive_since)
      -> chat::expected<std::vector<device_row>> = 0;

  /// @returns whether the user had it
  virtual auto drop_device(const chat::user_id& user, const chat::uuid& id)
      -> chat::expected<bool> = 0;

  /// Unless the present hash is another by now: the new one, and an end of the user's other devices, in
  /// one transaction. @returns whether it was changed
  virtual auto change_password(const password_change& what) -> chat::expected<bool> = 0;
};

}  // namespace parley::storage
