#pragma once

#include "chat/expected.hpp"

namespace parley::app::ctl {

class workplace;

/// `token make USER [--lifetime SECONDS] [--name NAME]`: an HS256 token as an identity provider
/// that knows `auth.hs256_secret` would sign it, with issuer and audience as they are wanted; for
/// tests and scripts.
/// @errors errc::conflict: there is no secret; errc::bad_request: no user id
auto make_token(workplace& at) -> chat::expected<void>;

}  // namespace parley::app::ctl
