#pragma once

#include <iosfwd>

#include "app/ctl/arguments.hpp"
#include "storage/blobs/local_store.hpp"
#include "storage/store.hpp"

namespace parley::app::ctl {

/// Stores every text and every local file as the settings want it now: `store::rekey` to its end, a
/// few hundred rows per transaction, so that a running server waits for none of them for long; then
/// the files, one after the other.
///
/// @param files  null: none of them lie here
/// @errors errc::conflict when something was left as it was; those of the store
auto run_rekey(const arguments& args, storage::store& store, storage::blobs::local_store* files,
               std::ostream& out)
    -> chat::expected<void>;

}  // namespace parley::app::ctl
