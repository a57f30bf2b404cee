#include "chat/accounts.hpp"

#include <algorithm>

#include "chat/limits.hpp"
#include "chat/people.hpp"
#include "chat/text.hpp"

namespace parley::chat {

auto check_user_name(std::string_view name) -> expected<void> {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  if (name.size() >= 3 && name.size() <= 32 && std::ranges::all_of(name, is_allowed)) return {};
  return unexpected{errc::bad_request, "userName must be 3 to 32 of a-z 0-9 . _ -"};
}

auto check_password(std::string_view password, std::string_view field) -> expected<void> {
  if (is_valid_utf8(password) && password.size() >= 8 && password.size() <= 128) return {};
  return unexpected{errc::bad_request, std::string{field} + " must be 8 to 128 bytes"};
}

auto check(const register_account& what) -> expected<void> {
  if (auto fine = check_user_name(what.user_name); !fine) return fine;
  if (auto fine = check_password(what.password); !fine) return fine;
  for (const auto* name : {&what.first_name, &what.last_name})
    if (auto fine = check_name(*name, max_name_units); !fine) return fine;
  return check(profile_edit{{}, {}, what.display_name, {}});
}

}  // namespace parley::chat
