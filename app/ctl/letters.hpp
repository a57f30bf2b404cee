#pragma once

#include <iosfwd>

#include "app/ctl/arguments.hpp"
#include "chat/time.hpp"
#include "storage/store.hpp"

/// The dead letter queue for its operator.
namespace parley::app::ctl {

/// Does what `args` says of the queue (list, show, retry or drop) and writes the outcome to `out`:
/// lines for people, or one JSON value. Text of users is made harmless for terminals, but not in
/// JSON.
///
/// @param now  when a retried message was posted
/// @errors errc::not_found; those of the store
auto run_letters(const arguments& args, storage::store& store, chat::timestamp now,
                 std::ostream& out) -> chat::expected<void>;

}  // namespace parley::app::ctl
