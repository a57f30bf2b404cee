#pragma once

#include <map>
#include <string>

#include "storage/blobs/blob_store.hpp"

namespace parley::storage::blobs {

/// What a presigned URL of S3 is made of.
struct presigned {
  std::string method;  ///< "GET" or "PUT"
  std::string key;     ///< of the object
  std::map<std::string, std::string> query;    ///< further parameters, by name
  std::map<std::string, std::string> headers;  ///< signed beside host, lower-case names
  chat::timestamp now;
  std::uint32_t lifetime_s = 0;  ///< at most a week, says S3
};

/// Any store that speaks S3. parleyd never talks to it: it only signs (Signature Version 4, query
/// form), clients do the rest. So nobody here knows whether an upload is complete (the first message
/// that names it is believed), and what is to be removed is said in the log, by its key.
/// @source https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
class s3_store final : public blob_store {
 public:
  explicit s3_store(config::attachment_options options);

  auto upload_url(const chat::attachment& what, const chat::user_id& owner,
                  chat::timestamp now) const -> std::string override;
  auto download_url(const chat::attachment& what, chat::timestamp now) const
      -> std::string override;
  auto has(const chat::uuid&) const -> bool override { return true; }
  auto remove(const chat::uuid& id) -> bool override;

  auto presign(const presigned& what) const -> std::string;

 private:
  config::attachment_options options_;
  std::string scheme_;  ///< "https://"
  std::string host_;    ///< with the bucket in front, unless path style
  std::string root_;    ///< path in front of the key
};

}  // namespace parley::storage::blobs
