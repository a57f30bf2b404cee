#pragma once

#include <string_view>

/// Step 3, `Devices`: browsers that stay signed in. No cookie can be made of what is stored.
namespace parley::storage::migrations {

extern const std::string_view devices_mysql;
extern const std::string_view devices_sqlite;

}  // namespace parley::storage::migrations
