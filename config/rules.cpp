#include <algorithm>

#include "chat/ids.hpp"
#include "chat/text.hpp"
#include "config/address.hpp"
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
  if (auth.accounts && size == 0)
    return broken("auth.accounts needs auth.hs256_secret, of which the key of its tokens is made");
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
  struct rate {
    const char* name;
    double per_s;
    double burst;
  };
  const auto& l = limits;
  for (const auto& [name, per_s, burst] :
       {rate{"invocations", l.invocations_per_s, l.invocations_burst},
        rate{"records", l.records_per_s, l.records_burst},
        rate{"sends", l.sends_per_s, l.sends_burst},
        rate{"conversation_sends", l.conversation_sends_per_s, l.conversation_sends_burst},
        rate{"signals", l.signals_per_s, l.signals_burst},
        rate{"negotiates", l.negotiates_per_s, l.negotiates_burst},
        rate{"opens", l.opens_per_s, l.opens_burst},
        rate{"unauthorized", l.unauthorized_per_s, l.unauthorized_burst},
        rate{"pings", l.pings_per_s, l.pings_burst}})
    if (per_s > 0 && burst < 1)
      return broken(std::string{"limits."} + name + "_burst must be at least 1 while " + name +
                    "_per_s is set");
  return {};
}

auto check_web(const http_options& http) -> chat::expected<void> {
  constexpr std::size_t max_title_units = 60;
  constexpr std::size_t max_url_bytes = 2'000;
  if (http.web_title.empty() || !chat::check_name(http.web_title, max_title_units))
    return broken("http.web_title takes 1 to 60 characters, none of which control text");
  const auto& url = http.web_sign_in_url;
  const bool is_absolute = url.starts_with("https://") || url.starts_with("http://");
  const auto is_visible = [](char c) { return c > ' ' && c < 0x7f; };
  if (!url.empty() &&
      (!is_absolute || url.size() > max_url_bytes || !std::ranges::all_of(url, is_visible)))
    return broken("http.web_sign_in_url takes an absolute URL of http or https, not \"" + url + '"');
  for (const auto& origin : http.web_image_origins)
    if (!is_origin(origin) || origin.find_first_of(",;'\"") != std::string::npos)
      return broken("http.web_image_origins takes scheme://host[:port], not \"" + origin + '"');
  return {};
}

auto check_tls(const http_options& http) -> chat::expected<void> {
  if (http.tls_certificate.empty() == http.tls_key.empty()) return {};
  return broken(http.tls_key.empty() ? "http.tls_certificate is set without http.tls_key"
                                     : "http.tls_key is set without http.tls_certificate");
}

auto check_proxies(const http_options& http) -> chat::expected<void> {
  if (const auto all = networks::parse(http.trusted_proxies); !all)
    return broken("http.trusted_proxies takes addresses and networks, not \"" + all.error().detail +
                  '"');
  if (http.proxy_protocol && http.trusted_proxies.empty())
    return broken("http.proxy_protocol needs http.trusted_proxies: nobody else is believed");
  return {};
}

auto check_metrics(const metrics_options& metrics) -> chat::expected<void> {
  if (!ip_address::parse(metrics.address))
    return broken("metrics.address takes an IP address, not \"" + metrics.address + '"');
  for (const auto& host : metrics.hosts)
    if (host.empty() || host.find_first_of(":/@ \t") != std::string::npos)
      return broken("metrics.hosts takes names without a port, not \"" + host + '"');
  return {};
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
  if (const auto sound = check_web(values.http); !sound) return sound;
  if (const auto sound = check_tls(values.http); !sound) return sound;
  if (const auto sound = check_proxies(values.http); !sound) return sound;
  if (const auto sound = check_metrics(values.metrics); !sound) return sound;
  if (const auto sound = check_encryption(values.encryption); !sound) return sound;
  if (const auto sound = check_storage(values.storage); !sound) return sound;
  if (const auto sound = check_attachments(values.attachments); !sound) return sound;
  return check_limits(values.limits);
}

}  // namespace parley::config
