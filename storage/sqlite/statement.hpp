#pragma once

#include <sqlite3.h>

#include <memory>
#include <span>
#include <string_view>

#include "storage/sql/connection.hpp"

namespace parley::storage::sqlite {

/// A result code in the words of `chat`.
/// @param code     extended result code
/// @param closing  true for a COMMIT, after whose i/o error the outcome is not known
auto translate(int code, bool closing = false) -> sql::failure;

/// One prepared statement. Values are bound where they lie, and let go of when a call ends.
class statement {
 public:
  statement(sqlite3* db, std::string_view text);

  /// Steps through every row. @throws sql::failure
  void run(std::span<const sql::value> values, const sql::row_sink& sink);

 private:
  struct finalize {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
  };

  void bind(std::span<const sql::value> values);

  std::unique_ptr<sqlite3_stmt, finalize> handle_;
  bool is_commit_ = false;
};

}  // namespace parley::storage::sqlite
