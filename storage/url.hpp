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

/// mysql://user:password@host:port/database, or with ?socket=PATH for a unix socket.
struct mysql_address {
  std::string user;
  std::string password;
  std::string host;  ///< empty with a socket
  std::uint16_t port = 3306;
  std::string database = "messaging";
  std::string socket;  ///< empty: TCP
};

using address = std::variant<sqlite_address, mysql_address>;

/// Reads `storage.url`. User, password, database and socket may be percent-encoded (RFC 3986).
/// @errors errc::bad_request, naming what is wrong but never the password
auto parse_url(std::string_view url) -> chat::expected<address>;

}  // namespace parley::storage
