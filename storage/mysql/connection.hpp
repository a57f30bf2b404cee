#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "storage/mysql/client.hpp"
#include "storage/mysql/statement.hpp"
#include "storage/sql/connection.hpp"
#include "storage/shared.hpp"
#include "storage/sql/text.hpp"
#include "storage/url.hpp"

namespace parley::storage::mysql {

/// Where to connect, and how long the network may keep us waiting. The client library counts whole
/// seconds: both are rounded up. A statement may take a tenth less than io_timeout: the server ends
/// it then, so that it does not go on for nobody.
struct settings {
  mysql_address address;
  std::chrono::milliseconds connect_timeout{3'000};
  std::chrono::milliseconds io_timeout{3'000};
  shared_ptr with;  ///< null: nobody else's failures count
};

/// One connection to MySQL or MariaDB.
///
/// Its session is READ COMMITTED, strict, utf8mb4, in UTC and autocommitting; this is set and then
/// read back, and a server that has it otherwise is refused. A member of a Galera cluster reads what
/// any member committed before (`wsrep_sync_wait`), and never gets bulk executions: raced by another
/// member, they report rows as stored that are not (findings/galera-bulk-insert.sh).
class connection final : public sql::connection {
 public:
  /// Connects on first use.
  explicit connection(settings how) : settings_(std::move(how)) {}

  auto dialect() const -> sql::dialect override { return sql::dialect::mysql; }
  void ensure_open() override;
  auto run(std::string_view text, std::span<const sql::value> values) -> std::uint64_t override;
  void run_alone(std::string_view text, std::span<const sql::value> values) override;
  auto takes_rows_at_once() const -> bool override { return takes_rows_; }
  void run_each(std::string_view text, std::span<const sql::value> values,
                std::size_t rows) override;
  void run_each_alone(std::string_view text, std::span<const sql::value> values,
                      std::size_t rows) override;
  void query(std::string_view text, std::span<const sql::value> values,
             const sql::row_sink& sink) override;
  void execute(std::string_view text) override;
  void begin() override;
  void begin_reading() override;
  void end_reading() override;
  void commit() override;
  void abandon(const sql::failure& why) noexcept override;
  auto durability_warning() const -> std::string override { return warning_; }

 private:
  struct close {
    void operator()(MYSQL* db) const { mysql_close(db); }
  };
  using variables = std::map<std::string, std::string, std::less<>>;

  void open();
  void set_options();
  void set_tls();
  void connect();
  void set_session();
  void check_session();
  void suit_cluster(bool is_member);
  auto read_variables() -> variables;
  auto is_alive() -> bool;
  auto prepared(std::string_view text) -> statement&;
  void drop();
  [[noreturn]] void fail(bool is_commit = false);

  settings settings_;
  std::unique_ptr<MYSQL, close> handle_;
  std::unordered_map<std::string, statement, sql::text_hash, std::equal_to<>> statements_;
  bool is_in_transaction_ = false;
  bool is_untouched_ = false;  ///< the call under way was refused before it began
  bool takes_rows_ = false;  ///< MariaDB's bulk executions; MySQL has none, Galera's are not safe
  std::string warning_;
};

}  // namespace parley::storage::mysql
