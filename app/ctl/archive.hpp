#pragma once

#include "chat/expected.hpp"

namespace parley::app::ctl {

class workplace;

/// `archive --before DAY`: moves what has been idle since that day to the archive, a few
/// hundred rows per transaction, so that a running server waits for none of them for long.
///
/// @errors errc::bad_request for no day, or one to come; those of the store: what was moved stays
/// moved
auto archive_idle(workplace& at) -> chat::expected<void>;

}  // namespace parley::app::ctl
