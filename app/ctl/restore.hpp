#pragma once

#include "chat/expected.hpp"

namespace parley::app::ctl {

class workplace;

/// `restore FOLDER`: what `backup` made becomes the database and the files that the settings name.
/// Every checksum is looked at before anything is written; where there is a database, or a file,
/// nothing is. Run as root, what it makes belongs to whom the folder of the database belongs to.
/// @errors errc::conflict: something is there, the backup is damaged, or of another kind of
///         database or a newer program; errc::unavailable, naming what cannot be read or written
auto restore_backup(workplace& at) -> chat::expected<void>;

}  // namespace parley::app::ctl
