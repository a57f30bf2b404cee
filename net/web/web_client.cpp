#include "net/web/web_client.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "net/http/preferences.hpp"
#include "net/web/client_config.hpp"

namespace parley::net::web {
namespace {

constexpr std::string_view page_file = "/index.html";
/// Where the page wants the nonce of its answer.
constexpr std::string_view nonce_mark = "{{nonce}}";

auto view(boost::beast::string_view text) -> std::string_view { return {text.data(), text.size()}; }

/// 16 random bytes in base64.
auto make_nonce() -> std::string {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<unsigned char, 18> bytes{};  // the last two stay 0: their digits are the padding
  constexpr std::size_t random = 16;
  if (getrandom(bytes.data(), random, 0) != static_cast<ssize_t>(random)) std::abort();
  std::string nonce;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const unsigned three = bytes[i] << 16 | bytes[i + 1] << 8 | bytes[i + 2];
    for (const int shift : {18, 12, 6, 0}) nonce += digits[three >> shift & 63];
  }
  return nonce.replace(22, 2, "==");
}

auto replaced(std::string_view text, std::string_view mark, std::string_view by) -> std::string {
  std::string made;
  for (auto at = text.find(mark); at != std::string_view::npos; at = text.find(mark)) {
    made.append(text.substr(0, at)).append(by);
    text.remove_prefix(at + mark.size());
  }
  return made.append(text);
}

auto type_of(std::string_view path) -> const char* {
  static constexpr std::array<std::pair<std::string_view, const char*>, 14> types{{
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".html", "text/html; charset=utf-8"},
      {".txt", "text/plain; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".webp", "image/webp"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".wasm", "application/wasm"},
  }};
  const auto fits = [path](const auto& one) { return path.ends_with(one.first); };
  const auto at = std::ranges::find_if(types, fits);
  return at == types.end() ? "application/octet-stream" : at->second;
}

/// What a page of ours may do, and what others may do with it, besides its Content-Security-Policy.
void guard(http_response& response) {
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  response.set("Cross-Origin-Opener-Policy", "same-origin");
  response.set("Cross-Origin-Resource-Policy", "same-origin");
  response.set("Permissions-Policy",
               "accelerometer=(), autoplay=(), bluetooth=(), camera=(), display-capture=(), "
               "encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), "
               "local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), "
               "picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), "
               "usb=(), xr-spatial-tracking=()");
}

auto wrong_method() -> http_response {
  auto response = problem(http::status::method_not_allowed, "bad_request", "wrong method");
  response.set(http::field::allow, "GET, HEAD");
  return response;
}

}  // namespace

auto is_page_path(std::string_view path) -> bool {
  if (path == "/" || path == "/signin" || path == "/search") return true;
  const auto is_below = [path](std::string_view folder) {
    return path.size() > folder.size() && path.starts_with(folder);
  };
  if (is_below("/join/") || is_below("/c/")) return true;
  return path == "/settings" || path == "/console" || path.starts_with("/settings/") ||
         path.starts_with("/console/");
}

/// "main-5CIAJMX3.js", "chunk-Bl-aZy4E.js": eight digits of base 64 stand before the ending. A word of
/// eight small letters is none.
auto is_hashed(std::string_view path) -> bool {
  constexpr std::size_t digits = 8;
  const auto dot = path.rfind('.');
  if (dot == std::string_view::npos || dot <= digits || path[dot - digits - 1] != '-') return false;
  const auto hash = path.substr(dot - digits, digits);
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_digit = [&](char c) {
    return is_small(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return std::ranges::all_of(hash, is_digit) && !std::ranges::all_of(hash, is_small);
}

web_client::web_client(const config::options& options, std::span<const file> parts,
                       std::string_view build)
    : parts_(parts), page_(find(page_file)), config_(codec::dump(client_config(options, build))) {
  const auto policy = content_policy(options);
  const auto at = policy.find(nonce_mark);
  policy_before_ = policy.substr(0, at);
  policy_behind_ = policy.substr(at + nonce_mark.size());
}

auto web_client::find(std::string_view path) const -> const file* {
  const auto at = std::ranges::lower_bound(parts_, path, {}, &file::path);
  return at == parts_.end() || at->path != path ? nullptr : &*at;
}

auto web_client::serves(std::string_view path) const -> bool {
  if (path == config_path) return true;
  if (is_page_path(path)) return has_page();
  return path != page_file && find(path) != nullptr;
}

auto web_client::answer(const http_request& request) const -> std::optional<http_response> {
  const auto path = split_target(view(request.target())).path;
  if (!serves(path)) return std::nullopt;
  if (request.method() != http::verb::get && request.method() != http::verb::head)
    return wrong_method();
  auto response = path == config_path  ? json_text_response(http::status::ok, config_)
                  : is_page_path(path) ? make_page()
                                       : make_part(*find(path), request);
  guard(response);
  return response;
}

auto web_client::make_page() const -> http_response {
  const auto nonce = make_nonce();
  auto response = text_response(http::status::ok, replaced(page_->plain, nonce_mark, nonce));
  response.set(http::field::content_type, "text/html; charset=utf-8");
  response.set("Content-Security-Policy", policy_before_ + nonce + policy_behind_);
  return response;
}

auto web_client::make_part(const file& part, const http_request& request) const -> http_response {
  const bool is_packed = part.gzip.size() < part.plain.size() &&
                         accepts_gzip(view(request[http::field::accept_encoding]));
  const auto etag = '"' + std::string{part.etag} + (is_packed ? "-gzip\"" : "\"");
  const bool is_known = names_etag(view(request[http::field::if_none_match]), etag);
  http_response response{is_known ? http::status::not_modified : http::status::ok, 11};
  response.set(http::field::etag, etag);
  response.set(http::field::vary, "Accept-Encoding");
  response.set(http::field::cache_control,
               is_hashed(part.path) ? "public, max-age=31536000, immutable" : "no-cache");
  if (is_known) return response;
  response.set(http::field::content_type, type_of(part.path));
  if (is_packed) response.set(http::field::content_encoding, "gzip");
  response.body() = is_packed ? part.gzip : part.plain;
  return response;
}

}  // namespace parley::net::web
