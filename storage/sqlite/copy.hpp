#pragma once

#include <string>

#include "chat/expected.hpp"

namespace parley::storage::sqlite {

/// Writes the database in the file `from` into a new file `to`, as of one moment, while others
/// write to it: they are not stopped. On return it is on disk.
/// @errors errc::unavailable, naming the file and what SQLite says
/// @source https://www.sqlite.org/c3ref/backup_finish.html
auto copy_database(const std::string& from, const std::string& to) -> chat::expected<void>;

/// Reads every page and index of a database that nobody uses.
/// @errors errc::conflict: it is damaged; errc::unavailable: it cannot be read
auto check_database(const std::string& file) -> chat::expected<void>;

}  // namespace parley::storage::sqlite
