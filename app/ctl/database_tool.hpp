#pragma once

#include <filesystem>

#include "chat/expected.hpp"
#include "storage/url.hpp"

/// MySQL's and MariaDB's own tools, which must be installed: mariadb-dump or mysqldump, mariadb or
/// mysql. The password goes to them in a file that only they can read, never as an argument.
namespace parley::app::ctl {

/// Writes all tables and views into a new file, as of one moment, while others write.
/// @errors errc::not_found: no such tool; errc::unavailable, with what the tool says
auto dump_database(const storage::mysql_address& from, const std::filesystem::path& to)
    -> chat::expected<void>;

/// Runs what dump_database wrote. What it made before it failed stays: see drop_tables of its
/// caller.
/// @errors likewise
auto load_database(const std::filesystem::path& from, const storage::mysql_address& to)
    -> chat::expected<void>;

}  // namespace parley::app::ctl
