#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "storage/mysql/client.hpp"
#include "storage/sql/connection.hpp"

namespace parley::storage::mysql {

/// One statement prepared on the server, with its binds. All of it is reused from call to call:
/// an execution allocates nothing once the buffers have grown to the longest column seen.
class statement {
 public:
  /// @throws sql::failure
  statement(MYSQL* db, std::string_view text);

  /// Sends `values`, which are read where they lie, and waits for the answer.
  /// @param is_commit  see `translate`  @returns rows changed
  auto execute(std::span<const sql::value> values, bool is_commit) -> std::uint64_t;

  /// Sends the values of `rows` rows, which lie row after row, for one execution each: one round
  /// trip. Only where `takes_rows`.
  /// @param is_commit  see `translate`
  void execute_each(std::span<const sql::value> values, std::size_t rows, bool is_commit);

  /// Executes and hands every row to `sink`. The whole result is in memory first, so that a
  /// connection that breaks gives no rows at all.
  void query(std::span<const sql::value> values, const sql::row_sink& sink);

 private:
  struct close {
    void operator()(MYSQL_STMT* s) const { mysql_stmt_close(s); }
  };

  /// Where one column of a row lands.
  struct column {
    std::int64_t number = 0;
    std::vector<char> bytes;
    unsigned long length = 0;
    null_flag is_null = 0;
  };
  class result_row;

  /// One parameter over many rows, as the client library reads it.
  struct parameter_rows {
    std::vector<std::int64_t> numbers;
    std::vector<const void*> bytes;
    std::vector<unsigned long> lengths;
    std::vector<char> indicators;
  };

  void lay_out(std::span<const sql::value> values, std::size_t at, std::size_t rows);
  void bind(std::span<const sql::value> values);
  void describe_result();
  void bind_result();
  void fetch_long_columns();
  [[noreturn]] void fail(bool is_commit = false);

  std::unique_ptr<MYSQL_STMT, close> handle_;
  std::vector<MYSQL_BIND> params_;
  std::vector<parameter_rows> parameters_;  ///< of execute_each; empty until it is used
  std::vector<MYSQL_BIND> results_;
  std::vector<column> columns_;
};

}  // namespace parley::storage::mysql
