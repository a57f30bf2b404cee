#pragma once

#include "chat/expected.hpp"

/// Built-in accounts, and what is stored of people.
namespace parley::app::ctl {

class workplace;

/// `user list [--limit N] [--after NAME]`: accounts, by name.
auto list_users(workplace& at) -> chat::expected<void>;
/// `user show WHO`: by user name or user id. @errors errc::not_found
auto show_user(workplace& at) -> chat::expected<void>;
/// `user create NAME`: with a password from the input, or a random one that is printed (--random).
/// @errors errc::conflict: the name is taken
auto create_user(workplace& at) -> chat::expected<void>;
/// `user password NAME`: likewise; its browsers are signed out. @errors errc::not_found
auto set_password(workplace& at) -> chat::expected<void>;
/// `user disable NAME`: no more sign-ins, and its browsers are signed out; tokens that are out there stay
/// good until they end.
auto disable_user(workplace& at) -> chat::expected<void>;
auto enable_user(workplace& at) -> chat::expected<void>;
/// `user delete WHO [--messages] [--yes]`: the account, what is known of the person, its part in
/// groups; with --messages all that it wrote, and its files. Without --yes it says what that would
/// be.
auto delete_user(workplace& at) -> chat::expected<void>;

}  // namespace parley::app::ctl
