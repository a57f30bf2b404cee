#include "chat/ids.hpp"
#include "config/load.hpp"

namespace parley::config {
namespace {

using chat::errc;
using chat::unexpected;

constexpr std::size_t min_secret_bytes = 32;

auto broken(std::string rule) -> unexpected {
  return unexpected{errc::bad_request, std::move(rule)};
}

/// scheme://host[:port], as browsers send it: no path, no trailing slash, never "null" or "*".
auto is_origin(std::string_view text) -> bool {
  const auto rest = text.starts_with("https://")  ? text.substr(8)
                    : text.starts_with("http://") ? text.substr(7)
                                                  : std::string_view{};
  return !rest.empty() && rest.find_first_of("/?#@* \t") == std::string_view::npos;
}

auto check_auth(const auth_options& auth) -> chat::expected<void> {
  const auto size = auth.hs256_secret.size();
  if (size > 0 && size < min_secret_bytes)
    return broken("auth.hs256_secret has " + std::to_string(size) +
                  " bytes; at least 32 are needed");
  for (const auto& file : auth.public_keys)
    if (file.empty() || file.ends_with('=')) return broken("auth.public_keys has an empty path");
  for (const auto& admin : auth.admins)
    if (!chat::is_visible_ascii_id(admin) || admin.starts_with(chat::guest_prefix))
      return broken("auth.admins takes user ids, not \"" + admin + '"');
  return {};
}

auto check_storage(const storage_options& storage) -> chat::expected<void> {
  const bool is_sqlite = storage.url.starts_with("sqlite:");
  if (!is_sqlite && !storage.url.starts_with("mysql://"))
    return broken("storage.url must start with sqlite: or mysql://");
  if (is_sqlite && storage.url.size() == 7) return broken("storage.url names no file");
  if (is_sqlite && storage.writers != 1) return broken("storage.writers must be 1 with SQLite");
  return {};
}

auto check_attachments(const attachment_options& files) -> chat::expected<void> {
  if (!files.public_url.empty() && !is_origin(files.public_url))
    return broken("attachments.public_url takes scheme://host[:port]");
  if (files.store == "local" && files.directory.empty())
    return broken("attachments.directory is empty");
  if (files.store != "s3") return {};
  if (!is_origin(files.s3_endpoint))
    return broken("attachments.s3_endpoint takes scheme://host[:port]");
  if (files.s3_bucket.empty() || files.s3_region.empty())
    return broken("attachments.s3_bucket and s3_region must be set");
  if (files.s3_access_key.empty() || files.s3_secret_key.empty())
    return broken("attachments.s3_access_key and s3_secret_key must be set");
  return {};
}

auto check_limits(const limit_options& limits) -> chat::expected<void> {
  // A bucket that holds less than one never lets anything through.
  if (limits.invocations_per_s > 0 && limits.invocations_burst < 1)
    return broken("limits.invocations_burst must be at least 1 while invocations_per_s is set");
  if (limits.sends_per_s > 0 && limits.sends_burst < 1)
    return broken("limits.sends_burst must be at least 1 while sends_per_s is set");
  return {};
}

auto check_tls(const http_options& http) -> chat::expected<void> {
  if (http.tls_certificate.empty() == http.tls_key.empty()) return {};
  return broken(http.tls_key.empty() ? "http.tls_certificate is set without http.tls_key"
                                     : "http.tls_key is set without http.tls_certificate");
}

auto check_encryption(const encryption_options& encryption) -> chat::expected<void> {
  const bool has_keys = !encryption.keys.empty() || !encryption.key_file.empty();
  if (encryption.enabled && !has_keys)
    return broken("encryption.enabled needs encryption.key_file or encryption.keys");
  if (!encryption.keys.empty() && !encryption.key_file.empty())
    return broken("encryption.keys and encryption.key_file are both set; one of them is wanted");
  return {};
}

}  // namespace

auto check_rules(const options& values) -> chat::expected<void> {
  if (values.http.address.empty()) return broken("http.address is empty");
  for (const auto& origin : values.http.allowed_origins)
    if (!is_origin(origin))
      return broken("http.allowed_origins takes scheme://host[:port], not \"" + origin + '"');
  if (!values.http.public_origin.empty() && !is_origin(values.http.public_origin))
    return broken("http.public_origin takes scheme://host[:port]");
  if (const auto sound = check_auth(values.auth); !sound) return sound;
  if (const auto sound = check_tls(values.http); !sound) return sound;
  if (const auto sound = check_encryption(values.encryption); !sound) return sound;
  if (const auto sound = check_storage(values.storage); !sound) return sound;
  if (const auto sound = check_attachments(values.attachments); !sound) return sound;
  return check_limits(values.limits);
}

}  // namespace parley::config
