#include "storage/mysql/connection.hpp"

#include <poll.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "storage/mysql/errors.hpp"

namespace parley::storage::mysql {
namespace {

using chat::errc;
using sql::cure;

auto whole_seconds(std::chrono::milliseconds time) -> unsigned {
  return static_cast<unsigned>(std::max<std::int64_t>(1, (time.count() + 999) / 1000));
}

/// The library's own set-up is not thread-safe.
void start_library() {
  static std::once_flag once;
  std::call_once(once, [] { mysql_library_init(0, nullptr, nullptr); });
}

auto or_null(const std::string& text) -> const char* {
  return text.empty() ? nullptr : text.c_str();
}

void require(bool holds, const std::string& what) {
  if (!holds)
    throw sql::failure{errc::unavailable, cure::none, "the database's session has no " + what};
}

/// The longest statement as each of the two servers is told, which reads the other's as a comment.
auto statement_limit(std::chrono::milliseconds io_timeout) -> std::string {
  const auto limit_ms = whole_seconds(io_timeout) * 900;
  const auto seconds = std::to_string(limit_ms / 1000) + "." + std::to_string(limit_ms % 1000 / 100);
  return "/*M! , SESSION max_statement_time = " + seconds + " */ /*!80000 , SESSION " +
         "max_execution_time = " + std::to_string(limit_ms) + " */";
}

}  // namespace

void connection::ensure_open() {
  is_untouched_ = settings_.with && settings_.with->outages.is_open();
  if (is_untouched_)
    throw sql::failure{errc::unavailable, cure::none, "the database does not answer"};
  if (handle_ && is_alive()) return;
  drop();
  try {
    open();
  } catch (...) {
    drop();
    throw;
  }
}

/// A server that closed an idle connection has left something to read: its farewell, or the end.
/// Nothing is sent into a connection that is known to be dead, as its answer would be `unknown`.
auto connection::is_alive() -> bool {
  pollfd idle{socket_of(handle_.get()), POLLIN | POLLRDHUP, 0};
  return poll(&idle, 1, 0) == 0 || mysql_ping(handle_.get()) == 0;
}

void connection::open() {
  start_library();
  handle_.reset(mysql_init(nullptr));
  if (!handle_) throw translate(CR_OUT_OF_MEMORY);
  set_options();
  connect();
  set_session();
  check_session();
}

void connection::set_options() {
  const auto connect_seconds = whole_seconds(settings_.connect_timeout);
  const auto io_seconds = whole_seconds(settings_.io_timeout);
  const unsigned no = 0;
  const unsigned protocol =
      settings_.address.socket.empty() ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET;
  mysql_options(handle_.get(), MYSQL_OPT_CONNECT_TIMEOUT, &connect_seconds);
  mysql_options(handle_.get(), MYSQL_OPT_READ_TIMEOUT, &io_seconds);
  mysql_options(handle_.get(), MYSQL_OPT_WRITE_TIMEOUT, &io_seconds);
  mysql_options(handle_.get(), MYSQL_OPT_LOCAL_INFILE, &no);
  mysql_options(handle_.get(), MYSQL_OPT_PROTOCOL, &protocol);
  mysql_options(handle_.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
  set_tls();
}

void connection::set_tls() {
  const auto& [is_required, is_verified, ca] = settings_.address.tls;
  if (is_required) require_tls(handle_.get(), is_verified);
  if (is_verified) mysql_options(handle_.get(), MYSQL_OPT_SSL_CA, ca.c_str());
}

void connection::connect() {
  const auto& at = settings_.address;
  if (mysql_real_connect(handle_.get(), or_null(at.host), at.user.c_str(), at.password.c_str(),
                         at.database.c_str(), at.port, or_null(at.socket), 0) == nullptr) {
    // Whatever the number, nothing was sent: no retry inside, the caller paces itself.
    const auto why = translate(mysql_errno(handle_.get()));
    if (settings_.with) settings_.with->outages.open();
    const auto help = why.help() == cure::settings ? cure::settings : cure::none;
    throw sql::failure{errc::unavailable, help, "cannot connect: " + why.detail()};
  }
  // The library goes on in the clear when the server has none, whatever it was told.
  if (at.tls.is_required && mysql_get_ssl_cipher(handle_.get()) == nullptr)
    throw translate(CR_SSL_CONNECTION_ERROR);
}

void connection::set_session() {
  // A lock must be given up before the network is: the answer would be lost otherwise.
  const auto patience = std::clamp(whole_seconds(settings_.io_timeout), 2u, 4u) - 1;
  execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
  execute(
      "SET SESSION autocommit = 1, SESSION time_zone = '+00:00', "
      "SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', "
      "SESSION innodb_lock_wait_timeout = " +
      std::to_string(patience) + ", SESSION lock_wait_timeout = " + std::to_string(patience) +
      statement_limit(settings_.io_timeout));
}

void connection::check_session() {
  auto has = read_variables();
  const auto isolation = has["tx_isolation"] + has["transaction_isolation"];
  require(isolation.starts_with("READ-COMMITTED"), "READ COMMITTED isolation");
  require(has["autocommit"] == "ON", "autocommit");
  require(has["time_zone"] == "+00:00", "time zone +00:00");
  require(has["sql_mode"].find("STRICT_ALL_TABLES") != std::string::npos, "strict mode");
  require(has["character_set_client"] == "utf8mb4", "utf8mb4");
  require(has["character_set_results"] == "utf8mb4", "utf8mb4");
  require(has["innodb_lock_wait_timeout"].size() == 1, "short lock timeout");
  const auto limit = has["max_statement_time"] + has["max_execution_time"];
  require(!limit.empty() && limit != "0" && !limit.starts_with("0.000"), "statement time limit");
  suit_cluster(has["wsrep_on"] == "ON");
  warning_.clear();
  if (has["innodb_flush_log_at_trx_commit"] != "1")
    warning_ = "innodb_flush_log_at_trx_commit is not 1: a crash may lose acknowledged messages";
  else if (has["log_bin"] == "ON" && has["sync_binlog"] != "1")
    warning_ = "sync_binlog is not 1: a crash may lose acknowledged messages";
}

void connection::suit_cluster(bool is_member) {
  if (is_member) execute("SET SESSION wsrep_sync_wait = 1");
  takes_rows_ = takes_rows(handle_.get()) && !is_member;
}

auto connection::read_variables() -> variables {
  execute(
      "SHOW SESSION VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation', "
      "'autocommit', 'time_zone', 'sql_mode', 'character_set_client', 'character_set_results', "
      "'innodb_lock_wait_timeout', 'max_statement_time', 'max_execution_time', "
      "'innodb_flush_log_at_trx_commit', 'log_bin', 'sync_binlog', 'wsrep_on')");
  const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result{
      mysql_store_result(handle_.get()), &mysql_free_result};
  if (!result) fail();
  variables found;
  while (auto* line = mysql_fetch_row(result.get()))
    found[line[0]] = line[1] != nullptr ? line[1] : "";
  return found;
}

auto connection::prepared(std::string_view text) -> statement& {
  const auto known = statements_.find(text);
  if (known != statements_.end()) return known->second;
  return statements_.emplace(text, statement{handle_.get(), text}).first->second;
}

auto connection::run(std::string_view text, std::span<const sql::value> values) -> std::uint64_t {
  return prepared(text).execute(values, false);
}

void connection::run_alone(std::string_view text, std::span<const sql::value> values) {
  prepared(text).execute(values, true);
}

void connection::run_each(std::string_view text, std::span<const sql::value> values,
                          std::size_t rows) {
  if (!takes_rows_) return sql::connection::run_each(text, values, rows);
  prepared(text).execute_each(values, rows, false);
}

void connection::run_each_alone(std::string_view text, std::span<const sql::value> values,
                                std::size_t rows) {
  if (!takes_rows_) return sql::connection::run_each_alone(text, values, rows);
  prepared(text).execute_each(values, rows, true);
}

void connection::query(std::string_view text, std::span<const sql::value> values,
                       const sql::row_sink& sink) {
  prepared(text).query(values, sink);
}

void connection::execute(std::string_view text) {
  if (mysql_real_query(handle_.get(), text.data(), text.size()) != 0) fail();
}

void connection::begin() {
  execute("START TRANSACTION");
  is_in_transaction_ = true;
}

/// Under READ COMMITTED each statement has a snapshot of its own: this transaction is another kind.
void connection::begin_reading() {
  execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
  is_in_transaction_ = true;
}

void connection::end_reading() {
  execute("COMMIT");
  is_in_transaction_ = false;
}

void connection::commit() {
  if (mysql_commit(handle_.get()) != 0) fail(true);
  is_in_transaction_ = false;
}

void connection::abandon(const sql::failure& why) noexcept {
  if (std::exchange(is_untouched_, false)) return;  // it may be as good as ever
  const bool is_sound = !is_outage(why) || why.help() == cure::again ||
                        why.help() == cure::again_once;
  if (!is_sound || handle_ == nullptr) return drop();
  if (!is_in_transaction_) return;
  is_in_transaction_ = false;
  if (mysql_rollback(handle_.get()) != 0) drop();
}

void connection::drop() {
  statements_.clear();
  handle_.reset();
  is_in_transaction_ = false;
}

void connection::fail(bool is_commit) {
  throw translate(mysql_errno(handle_.get()), is_commit);
}

}  // namespace parley::storage::mysql
