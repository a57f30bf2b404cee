#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "net/http/message.hpp"
#include "net/web/files.hpp"

namespace parley::net::web {

/// What the client asks before it knows anybody, without a token.
inline constexpr std::string_view config_path = "/web/config.json";

/// Is this a path that the client draws: "/", "/signin", "/join/...", "/c/...", "/settings...",
/// "/search", "/console..."? Every other path that is not known stays unknown.
auto is_page_path(std::string_view path) -> bool;

/// Has this file's name a hash of its content in it, as "/main-NY3T7ZQR.js" and "/chunk-Bl-aZy4E.js" have?
auto is_hashed(std::string_view path) -> bool;

/// The web client, to GET and HEAD: its page, its parts and `config_path`. @thread any
class web_client {
 public:
  /// @param options  outlive this  @param parts  the built client; empty: `config_path` is all
  /// @param build    names it in what `config_path` says of the version
  web_client(const config::options& options, std::span<const file> parts, std::string_view build);

  /// Is there a page to show?
  auto has_page() const -> bool { return page_ != nullptr; }
  auto serves(std::string_view path) const -> bool;

  /// The page is made for each answer, with a nonce of its own, and kept by nobody; parts whose names
  /// have a hash may be kept for a year, the others are asked for again (ETag). Nothing for a path that
  /// is not `serves`d.
  auto answer(const http_request& request) const -> std::optional<http_response>;

 private:
  auto find(std::string_view path) const -> const file*;
  auto make_page() const -> http_response;
  auto make_part(const file& part, const http_request& request) const -> http_response;

  std::span<const file> parts_;
  const file* page_ = nullptr;
  std::string config_;            ///< JSON
  std::string policy_before_;     ///< the Content-Security-Policy up to the nonce, and behind it
  std::string policy_behind_;
};

}  // namespace parley::net::web
