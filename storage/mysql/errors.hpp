#pragma once

#include "storage/sql/connection.hpp"

namespace parley::storage::mysql {

/// An error number of the server (1000..) or the client library (2000..) in the words of `chat`.
///
/// @param is_commit  the statement would have committed: when the connection died, nobody knows
///                   whether it did, and the failure is errc::unknown
/// @source https://dev.mysql.com/doc/mysql-errors/8.4/en/,
///         https://mariadb.com/kb/en/mariadb-error-codes/
auto translate(unsigned number, bool is_commit = false) -> sql::failure;

}  // namespace parley::storage::mysql
