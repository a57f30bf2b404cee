#pragma once

#include <memory>

#include "storage/blobs/local_store.hpp"

namespace parley::storage::blobs {

/// The blob store that the settings name; null when attachments are off. Files in a local folder
/// are sealed when `keys` seal; what goes to S3 never passes through here.
struct opened {
  std::unique_ptr<blob_store> store;
  local_store* local = nullptr;  ///< the same one, when parleyd is to serve it
};
auto open(const config::attachment_options& options, vault_ptr keys) -> chat::expected<opened>;

}  // namespace parley::storage::blobs
