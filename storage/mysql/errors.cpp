#include "storage/mysql/errors.hpp"

#include <string>

#include "storage/mysql/client.hpp"

namespace parley::storage::mysql {
namespace {

using chat::errc;
using sql::cure;

// Numbers that one of the two client headers lacks.
constexpr unsigned connection_killed = 1927;      // MariaDB
constexpr unsigned closed_for_inactivity = 4031;  // MySQL
constexpr unsigned server_lost_extended = 2055;
constexpr unsigned record_changed = 1020;  // MariaDB with snapshot isolation
constexpr unsigned read_only_mode = 1836;
constexpr unsigned check_failed_mysql = 3819;
constexpr unsigned check_failed_mariadb = 4025;
constexpr unsigned statement_timeout_mariadb = 1969;
constexpr unsigned statement_timeout_mysql = 3024;

auto is_lost(unsigned number) -> bool {
  switch (number) {
    case CR_SERVER_GONE_ERROR:
    case CR_SERVER_LOST:
    case server_lost_extended:
    case CR_COMMANDS_OUT_OF_SYNC:
    case CR_MALFORMED_PACKET:
    case connection_killed:
    case closed_for_inactivity:
    case ER_SERVER_SHUTDOWN:
    case ER_ABORTING_CONNECTION:
    case ER_NET_READ_ERROR:
    case ER_NET_READ_INTERRUPTED:
    case ER_NET_ERROR_ON_WRITE:
    case ER_NET_WRITE_INTERRUPTED: return true;
    default: return false;
  }
}

auto is_bad_data(unsigned number) -> bool {
  switch (number) {
    case ER_DATA_TOO_LONG:
    case ER_TRUNCATED_WRONG_VALUE_FOR_FIELD:
    case ER_TRUNCATED_WRONG_VALUE:
    case ER_BAD_NULL_ERROR:
    case ER_WARN_DATA_OUT_OF_RANGE:
    case WARN_DATA_TRUNCATED:
    case ER_INVALID_CHARACTER_STRING:
    case ER_NO_DEFAULT_FOR_FIELD:
    case ER_CANT_AGGREGATE_2COLLATIONS:
    case ER_TOO_BIG_ROWSIZE:
    case ER_NO_REFERENCED_ROW_2:
    case ER_SIGNAL_EXCEPTION:  // a trigger's own refusal
    case ER_NET_PACKET_TOO_LARGE:
    case CR_NET_PACKET_TOO_LARGE:
    case check_failed_mysql:
    case check_failed_mariadb: return true;
    default: return false;
  }
}

auto is_unreachable(unsigned number) -> bool {
  switch (number) {
    case CR_CONNECTION_ERROR:
    case CR_CONN_HOST_ERROR:
    case CR_UNKNOWN_HOST:
    case CR_IPSOCK_ERROR:
    case ER_CON_COUNT_ERROR:
    case ER_TOO_MANY_USER_CONNECTIONS:
    case ER_HOST_IS_BLOCKED:
    case ER_HOST_NOT_PRIVILEGED: return true;
    default: return false;
  }
}

auto make(errc code, cure help, std::string_view what, unsigned number) -> sql::failure {
  return {code, help, std::string{what} + " (MySQL " + std::to_string(number) + ")"};
}

auto lost(unsigned number, bool is_commit) -> sql::failure {
  if (is_commit)
    return make(errc::unknown, cure::none, "the connection broke during the commit", number);
  return make(errc::unavailable, cure::reopen, "the connection to the database broke", number);
}

}  // namespace

auto translate(unsigned number, bool is_commit) -> sql::failure {
  if (is_lost(number)) return lost(number, is_commit);
  if (is_bad_data(number))
    return make(errc::refused, cure::none, "the store cannot take this data", number);
  if (is_unreachable(number))
    return make(errc::unavailable, cure::none, "the database cannot be reached", number);
  switch (number) {
    case ER_DUP_ENTRY:
    case ER_DUP_ENTRY_WITH_KEY_NAME:
      return make(errc::duplicate, cure::none, "a unique key refused the row", number);
    case ER_LOCK_DEADLOCK:
    case record_changed:
      return make(errc::unavailable, cure::again, "deadlocked with others", number);
    case ER_QUERY_INTERRUPTED:
      return make(errc::unavailable, cure::again_once, "the statement was interrupted", number);
    case ER_LOCK_WAIT_TIMEOUT:
      return make(errc::unavailable, cure::again_once, "waited too long for a lock", number);
    case statement_timeout_mariadb:
    case statement_timeout_mysql:
      return make(errc::unavailable, cure::none, "the statement took too long", number);
    case CR_SSL_CONNECTION_ERROR:
      return make(errc::unavailable, cure::settings,
                  "no TLS with this server (tls in storage.url): it has none, or its certificate is not "
                  "trusted",
                  number);
    case ER_UNKNOWN_STMT_HANDLER:
    case ER_NEED_REPREPARE:
      return make(errc::unavailable, cure::reopen, "a prepared statement is gone", number);
    case ER_ERROR_DURING_COMMIT:
      return make(errc::unknown, cure::none, "the commit failed", number);
    case ER_OPTION_PREVENTS_STATEMENT:
    case read_only_mode:
      return make(errc::unavailable, cure::none, "the database is read-only", number);
    case ER_ACCESS_DENIED_ERROR:
    case ER_DBACCESS_DENIED_ERROR:
    case ER_TABLEACCESS_DENIED_ERROR:
      return make(errc::unavailable, cure::settings, "the database refuses this login", number);
    case ER_BAD_DB_ERROR:
      return make(errc::unavailable, cure::settings, "there is no such database", number);
    case ER_NO_SUCH_TABLE:
      return make(errc::unavailable, cure::none, "the database is not set up", number);
    case ER_UNKNOWN_COM_ERROR:  // a member of Galera that is alone
      return make(is_commit ? errc::unknown : errc::unavailable, cure::none,
                  "the database has lost its cluster", number);
    case ER_DISK_FULL:
    case ER_RECORD_FILE_FULL:
      return make(errc::unavailable, cure::none, "the database's disk is full", number);
    default: return make(errc::unavailable, cure::none, "the database failed", number);
  }
}

}  // namespace parley::storage::mysql
