#pragma once

#include <vector>

#include "chat/expected.hpp"
#include "storage/open.hpp"

namespace parley::storage {

/// May a server of this program work on a database with these steps?
/// @returns the schema's version, that of the newest step
/// @errors errc::conflict for a step that is missing or another than the program's
auto check_steps(const std::vector<migration_state>& steps) -> chat::expected<int>;

}  // namespace parley::storage
