#pragma once

#include <sqlite3.h>

#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/sql/connection.hpp"
#include "storage/sql/text.hpp"
#include "storage/sqlite/statement.hpp"

namespace parley::storage::sqlite {

/// Why a scratch database failed, as a sentence that says where it lies.
class scratch_failure : public sql::failure {
 public:
  explicit scratch_failure(const sql::failure& why);
};

/// A database for the life of one object, for more than fits into memory: 16 MiB of it are there,
/// the rest in a file without a name in SQLITE_TMPDIR, TMPDIR or /var/tmp, which ends with the
/// process however that ends. Nothing of it is brought to disk on purpose, and nothing is rolled
/// back.
///
/// Every call throws scratch_failure. Texts are prepared once each. @thread one
class scratch {
 public:
  scratch();

  void execute(const std::string& statements);
  /// @returns the number of rows it changed
  auto run(std::string_view text, std::initializer_list<sql::value> values) -> std::uint64_t;
  /// `sink` must not use this object.
  void query(std::string_view text, std::initializer_list<sql::value> values,
             const sql::row_sink& sink);

 private:
  struct close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };

  auto prepared(std::string_view text) -> statement&;

  std::unique_ptr<sqlite3, close> handle_;
  std::unordered_map<std::string, statement, sql::text_hash, std::equal_to<>> statements_;
};

}  // namespace parley::storage::sqlite
