#pragma once

#include <iosfwd>

#include "app/ctl/arguments.hpp"
#include "storage/store.hpp"

namespace parley::app::ctl {

/// Stores every text as the settings want it now: `store::rekey` to its end, a few hundred rows per
/// transaction, so that a running server waits for none of them for long.
///
/// @errors errc::conflict when texts were left because no key opens them; those of the store
auto run_rekey(const arguments& args, storage::store& store, std::ostream& out)
    -> chat::expected<void>;

}  // namespace parley::app::ctl
