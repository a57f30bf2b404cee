#pragma once

#include "net/rest/routes.hpp"

namespace parley::net::rest {

/// .../invites of a conversation, and /messaging/invites.
auto invite_routes() -> std::vector<route>;

}  // namespace parley::net::rest
