#pragma once

#include <string>
#include <string_view>

#include "chat/expected.hpp"

namespace parley::storage {

/// Passwords of built-in accounts: argon2id by libsodium, 64 MiB and two passes, some 60 ms of one
/// core. Call these from a bounded pool (`auth.hash_threads`), never from an io thread.
///
/// @returns a text of less than 128 ASCII characters that holds salt and costs:
///   "$argon2id$v=19$m=65536,t=2,p=1$..."
/// @errors errc::busy: the 64 MiB could not be had
/// @thread any, blocking
auto hash_password(std::string_view password) -> chat::expected<std::string>;

/// True if `hash` was made from `password`. False for a hash that is none.
/// @thread any, blocking, as long as hash_password
auto verify_password(std::string_view hash, std::string_view password) -> bool;

/// A hash at today's costs that no password is known for. Verify against it when no account has the
/// user name: who asks cannot tell the two cases apart by time. @thread any
auto nobodys_hash() -> std::string_view;

/// True if `hash` was made at other costs than today's: replace it at the next good login.
auto needs_rehash(std::string_view hash) -> bool;

/// An account is disabled by what stands in front of its hash: no password fits any more, and the
/// hash is kept for when it is enabled again.
auto is_disabled(std::string_view hash) -> bool;
/// The same hash, disabled or not.
auto with_disabled(std::string_view hash, bool disabled) -> std::string;

}  // namespace parley::storage
