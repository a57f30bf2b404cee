#pragma once

#include "chat/command.hpp"
#include "chat/expected.hpp"

namespace parley::chat {

/// 3..32 of a-z 0-9 . _ -
/// @errors errc::bad_request, naming userName
auto check_user_name(std::string_view name) -> expected<void>;

/// 8..128 bytes of valid UTF-8.
/// @errors errc::bad_request, naming password
auto check_password(std::string_view password) -> expected<void>;

/// All that an account is made of: the two, and names of at most 100 UTF-16 units (see check_name).
auto check(const register_account& what) -> expected<void>;

}  // namespace parley::chat
