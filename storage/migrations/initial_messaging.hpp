#pragma once

#include <string_view>

/// Step 1, `InitialMessagingMigration`, and what goes with them.
namespace parley::storage::migrations {

extern const std::string_view initial_messaging_mysql;
extern const std::string_view initial_messaging_sqlite;

}  // namespace parley::storage::migrations
