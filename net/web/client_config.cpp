#include "net/web/client_config.hpp"

#include "chat/limits.hpp"

namespace parley::net::web {
namespace {

auto text_or_null(const std::string& text) -> codec::json {
  return text.empty() ? codec::json(nullptr) : codec::json(text);
}

auto are_accounts_open(const config::auth_options& auth) -> bool {
  return auth.accounts && !auth.hs256_secret.empty();
}

/// Whom a search finds, in words that do not change with the setting's.
auto people_found(const std::string& search) -> const char* {
  if (search == "all") return "everyone";
  return search == "off" ? "nobody" : "contacts";
}

auto attachment_limits(const config::attachment_options& files) -> codec::json {
  if (files.store == "off") return nullptr;
  return {{"maxBytes", files.max_bytes}, {"maxPerMessage", files.per_message}};
}

/// Where browsers send files and get them from, when that is not this server: an origin, else "".
auto origin_of_files(const config::options& options) -> std::string {
  const auto& files = options.attachments;
  if (files.store == "local") return files.public_url;
  if (files.store != "s3") return {};
  if (files.s3_path_style) return files.s3_endpoint;
  const auto host = files.s3_endpoint.find("://") + 3;
  return files.s3_endpoint.substr(0, host) + files.s3_bucket + '.' + files.s3_endpoint.substr(host);
}

}  // namespace

auto client_config(const config::options& options, std::string_view build) -> codec::json {
  const auto version = std::string{PARLEY_VERSION} + (build.empty() ? "" : "+") + std::string{build};
  return {{"version", version},
          {"title", options.http.web_title},
          {"accounts", are_accounts_open(options.auth)},
          {"signInUrl", text_or_null(options.http.web_sign_in_url)},
          {"people", people_found(options.users.search)},
          {"limits",
           {{"content", options.chat.max_text_units},
            {"title", chat::max_title_units},
            {"members", options.chat.max_members},
            {"name", chat::max_name_units}}},
          {"attachments", attachment_limits(options.attachments)},
          {"imageOrigins", options.http.web_image_origins},
          {"search", false},
          {"vapidKey", nullptr}};
}

auto content_policy(const config::options& options) -> std::string {
  auto files = origin_of_files(options);
  if (!files.empty()) files.insert(0, 1, ' ');
  auto pictures = files;
  for (const auto& origin : options.http.web_image_origins) pictures.append(" ").append(origin);
  return "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{{nonce}}'; "
         "img-src 'self' blob:" + pictures + "; media-src 'self' blob:" + files +
         "; connect-src 'self'" + files +
         "; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'self'; "
         "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
         "trusted-types angular angular#bundler parley#worker";
}

}  // namespace parley::net::web
