#pragma once

#include <span>
#include <string_view>

namespace parley::net::web {

/// A file of the built web client, as it was when the server was built.
struct file {
  std::string_view path;     ///< "/main-NY3T7ZQR.js"
  std::string_view etag;     ///< 16 hexadecimal digits of the SHA-256 of its bytes
  std::string_view plain;
  std::string_view gzip;     ///< the same by gzip -9, no time and no name in it
};

/// All of them, sorted by path; empty when the server was built without the client. The definition is
/// made by cmake/embed_web.cmake.
auto files() -> std::span<const file>;

/// 8 hexadecimal digits that name this build of the client; empty when there is none.
auto build() -> std::string_view;

}  // namespace parley::net::web
