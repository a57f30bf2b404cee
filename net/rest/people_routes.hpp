#pragma once

#include "net/rest/routes.hpp"

namespace parley::net::rest {

/// /users and /admin.
auto people_routes() -> std::vector<route>;

}  // namespace parley::net::rest
