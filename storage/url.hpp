#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "chat/expected.hpp"

namespace parley::storage {

/// sqlite:PATH
struct sqlite_address {
  std::string path;
};

/// Whether a connection is encrypted, and whether the server must prove who it is.
struct tls_use {
  bool is_required = false;
  bool is_verified = false;  ///< its certificate names the host and is signed by one of `ca`
  std::string ca;            ///< PEM file

  friend auto operator==(const tls_use&, const tls_use&) -> bool = default;
};

/// mysql://user:password@host:port/database, and behind a ? what of these is wanted, with & between:
/// socket=PATH a unix socket instead of TCP; tls=off (so it is unless told), tls=required (with TLS,
/// to whoever answers) or tls=verify with tls_ca=FILE.
struct mysql_address {
  std::string user;
  std::string password;
  std::string host;  ///< empty with a socket
  std::uint16_t port = 3306;
  std::string database = "messaging";
  std::string socket;  ///< empty: TCP
  tls_use tls;
};

using address = std::variant<sqlite_address, mysql_address>;

/// Reads `storage.url`. User, password, database and the values of parameters may be percent-encoded (RFC 3986).
/// @errors errc::bad_request, naming what is wrong but never the password
auto parse_url(std::string_view url) -> chat::expected<address>;

}  // namespace parley::storage
