#pragma once

#include "net/rest/routes.hpp"

namespace parley::net::rest {

/// /auth: built-in accounts, and the browsers that stay signed in.
auto account_routes() -> std::vector<route>;

}  // namespace parley::net::rest
