#pragma once

#include <string_view>

/// Step 2, `WiderGroupNames`: 100 units of a group name may take 300 bytes.
namespace parley::storage::migrations {

extern const std::string_view wider_group_names_mysql;
extern const std::string_view wider_group_names_sqlite;

}  // namespace parley::storage::migrations
