#pragma once

#include <optional>
#include <vector>

#include "chat/command.hpp"
#include "chat/expected.hpp"
#include "config/options.hpp"
#include "storage/blobs/blob_store.hpp"
#include "storage/store.hpp"

/// The rules of files in messages: what may be announced, and what of it a message may take.
namespace parley::actors {

/// @errors errc::bad_request (its name or type), errc::limit (its size)
auto check_announced(const chat::create_attachment& what, const config::attachment_options& options)
    -> chat::expected<void>;

/// What one user may announce a day. 0: any number.
auto quota_at(chat::timestamp now, const config::options& options) -> storage::attachment_quota;

/// What a post names, as the stores know it.
struct found_files {
  std::vector<storage::attachment_row> rows;  ///< those that are known
  bool are_complete = true;                   ///< the bytes of all of them are there
  std::optional<chat::entry> first;           ///< what this very post became before
};

/// @thread a reader's
auto look_up_files(storage::store& store, const storage::blobs::blob_store& blobs,
                   const chat::user_id& user, const chat::post& what)
    -> chat::expected<found_files>;

/// What becomes of a post by its files.
struct claimed_files {
  std::vector<chat::attachment> files;  ///< in the order of the post
  std::optional<chat::posted> repeat;   ///< it was posted before: this is the answer
};

/// A message takes files of its sender's own, announced in this conversation, uploaded, and in no
/// other message.
/// @param oldest  what was announced before that and not taken is being cleaned away
/// @errors errc::id_conflict (another post had its id), errc::conflict (taken, or not there yet),
///   errc::not_found
auto claim_files(found_files found, const chat::user_id& user, const chat::post& what,
                 chat::timestamp oldest) -> chat::expected<claimed_files>;

}  // namespace parley::actors
