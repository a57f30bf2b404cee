#pragma once

#include "chat/expected.hpp"

namespace parley::app::ctl {

class workplace;

/// `rekey`: stores every text and every local file as the settings want it now: `store::rekey` to
/// its end, a few hundred rows per transaction, so that a running server waits for none of them for
/// long; then the files, one after the other.
///
/// @errors errc::conflict when something was left as it was; those of the store
auto rekey_all(workplace& at) -> chat::expected<void>;

}  // namespace parley::app::ctl
