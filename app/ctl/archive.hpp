#pragma once

#include <iosfwd>

#include "app/ctl/arguments.hpp"
#include "chat/time.hpp"
#include "storage/store.hpp"

namespace parley::app::ctl {

/// Moves what has been idle since the day `args` names to the archive, a few hundred rows
/// per transaction, so that a running server waits for none of them for long.
///
/// @errors errc::bad_request for a day to come; those of the store: what was moved stays moved
auto run_archive(const arguments& args, storage::store& store, chat::timestamp now,
                 std::ostream& out) -> chat::expected<void>;

}  // namespace parley::app::ctl
