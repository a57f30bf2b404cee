#pragma once

#include <string_view>

/// Step 4, `Invites`: links into conversations.
namespace parley::storage::migrations {

extern const std::string_view invites_mysql;
extern const std::string_view invites_sqlite;

}  // namespace parley::storage::migrations
