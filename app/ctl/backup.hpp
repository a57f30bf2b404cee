#pragma once

#include <string_view>

#include "chat/expected.hpp"

namespace parley::app::ctl {

class workplace;

/// What a backup's folder holds besides the database's copy and `attachments/`.
inline constexpr std::string_view manifest_name = "manifest.json";
inline constexpr std::string_view checksums_name = "SHA256SUMS";
inline constexpr std::string_view sqlite_copy_name = "parley.db";
inline constexpr std::string_view mysql_dump_name = "parley.sql";
inline constexpr std::string_view files_name = "attachments";
/// Of the folder's layout; a restore takes no other.
inline constexpr int backup_format = 1;

/// `backup FOLDER`: the database as of one moment and, after it, the local files, into a new
/// folder, while the server runs. The copy is checked: every page of SQLite's file, the end of
/// MySQL's dump, each file that a message names. The folder has its name when all of it is on disk,
/// and is not there before.
/// @errors errc::conflict: the folder is there already; errc::unavailable, naming what cannot be
/// read or written
auto make_backup(workplace& at) -> chat::expected<void>;

}  // namespace parley::app::ctl
