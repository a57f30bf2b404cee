#pragma once

/// The C client, in one place: builds against MariaDB Connector/C and MySQL's libmysqlclient.
#include <errmsg.h>
#include <mysql.h>
#include <mysqld_error.h>

#include <type_traits>

namespace parley::storage::mysql {

/// `my_bool` is gone from MySQL 8: whatever a bind's null flag is made of.
using null_flag = std::remove_pointer_t<decltype(MYSQL_BIND::is_null)>;

/// True when the server takes one statement with the values of many rows.
inline auto takes_rows([[maybe_unused]] MYSQL* handle) -> bool {
#ifdef MARIADB_PACKAGE_VERSION
  unsigned long extended = 0;  // documented as an unsigned int; what is written is a long
  mariadb_get_infov(handle, MARIADB_CONNECTION_EXTENDED_SERVER_CAPABILITIES, &extended);
  return (extended & (MARIADB_CLIENT_STMT_BULK_OPERATIONS >> 32)) != 0;
#else
  return false;
#endif
}

/// From now on it connects with TLS; MariaDB's client goes on without when the server has none, so
/// that whoever connects has to look.
inline void require_tls(MYSQL* handle, bool is_verified) {
#ifdef MARIADB_PACKAGE_VERSION
  const null_flag yes = 1;
  const null_flag verify = is_verified ? 1 : 0;
  mysql_options(handle, MYSQL_OPT_SSL_ENFORCE, &yes);
  mysql_options(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
#else
  const unsigned mode = is_verified ? SSL_MODE_VERIFY_IDENTITY : SSL_MODE_REQUIRED;
  mysql_options(handle, MYSQL_OPT_SSL_MODE, &mode);
#endif
}

/// The socket of an open connection.
inline auto socket_of(MYSQL* handle) -> int {
#ifdef MARIADB_PACKAGE_VERSION
  return static_cast<int>(mysql_get_socket(handle));
#else
  return static_cast<int>(handle->net.fd);
#endif
}

}  // namespace parley::storage::mysql
