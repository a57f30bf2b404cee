#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "chat/attachment.hpp"
#include "chat/time.hpp"

namespace parley::storage::blobs {

/// What a URL of the local store allows. Everything in it is signed.
struct signed_link {
  bool is_upload = false;  ///< PUT, else GET and HEAD
  chat::attachment file;   ///< id, name, type and size as announced
  std::string owner;       ///< uploads: stands for the user, without naming it
  std::int64_t expires_s = 0;  ///< Unix time
};

/// Makes and reads them. The signature is HMAC-SHA-256 over method, id, expiry, size, type, name
/// and owner.
class link_signer {
 public:
  explicit link_signer(std::string key) : key_(std::move(key)) {}

  /// "/messaging/attachments/{id}?expires=..&size=..&type=..&name=..&owner=..&signature=.."
  auto path_of(const signed_link& link) const -> std::string;

  /// A pseudonym of a user: the same as long as the key is.
  auto owner_of(const chat::user_id& user) const -> std::string;

  /// The link that a request names, expired or not. Nothing when the signature does not fit.
  auto read(bool is_upload, const chat::uuid& id,
            const std::unordered_map<std::string, std::string>& query) const
      -> std::optional<signed_link>;

 private:
  auto signature_of(const signed_link& link) const -> std::string;

  std::string key_;
};

/// Where the links of the local store lead: the part before the id.
inline constexpr std::string_view link_root = "/messaging/attachments/";

}  // namespace parley::storage::blobs
