#pragma once

#include <memory>
#include <string>

#include "chat/attachment.hpp"
#include "chat/expected.hpp"
#include "chat/time.hpp"
#include "config/options.hpp"

namespace parley::storage::blobs {

/// Where the bytes of attachments live. Clients carry them there and back themselves, by URLs that
/// say what may be done, with which file, until when, and that nobody else can make.
///
/// Two of them: a local folder and S3. @thread any
class blob_store {
 public:
  virtual ~blob_store() = default;

  /// For a PUT of exactly `what.size` bytes. @param owner  who uploads
  virtual auto upload_url(const chat::attachment& what, const chat::user_id& owner,
                          chat::timestamp now) const -> std::string = 0;
  /// For a GET; whoever has it may read, so only members get one.
  virtual auto download_url(const chat::attachment& what, chat::timestamp now) const
      -> std::string = 0;

  /// Are the bytes there, all of them? May block. A store that cannot tell says yes.
  virtual auto has(const chat::uuid& id) const -> bool = 0;
  /// May block. @returns false when it is to be tried again later
  virtual auto remove(const chat::uuid& id) -> bool = 0;
};

}  // namespace parley::storage::blobs
