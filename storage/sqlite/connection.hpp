#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "storage/shared.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/text.hpp"
#include "storage/sqlite/statement.hpp"

namespace parley::storage::sqlite {

/// One connection to a database file, in WAL mode with a sync at every commit.
///
/// Writers exclude each other from BEGIN on; readers and the writer do not wait for one another.
/// Writers of this process that share `with` take turns in the order they came; another process
/// that holds the file, and one's turn, are each waited for at most `busy_timeout_ms`.
/// @source https://www.sqlite.org/wal.html, https://www.sqlite.org/pragma.html#pragma_synchronous
class connection final : public sql::connection {
 public:
  /// Opens on first use; makes the file and its folder when they do not exist.
  connection(std::string path, std::uint32_t busy_timeout_ms, shared_ptr with = {});
  ~connection() override { drop(); }

  auto dialect() const -> sql::dialect override { return sql::dialect::sqlite; }
  void ensure_open() override;
  auto run(std::string_view text, std::span<const sql::value> values) -> std::uint64_t override;
  void run_alone(std::string_view text, std::span<const sql::value> values) override;
  void query(std::string_view text, std::span<const sql::value> values,
             const sql::row_sink& sink) override;
  void execute(std::string_view text) override;
  void begin() override;
  void begin_reading() override;
  void end_reading() override;
  void commit() override;
  void abandon(const sql::failure& why) noexcept override;
  /// Always "": a file that cannot be synced as promised is not opened at all.
  auto durability_warning() const -> std::string override { return {}; }

 private:
  struct close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };

  void open();
  void check_pragma(std::string_view set, std::string_view get, std::string_view wanted);
  auto prepared(std::string_view text) -> statement&;
  void drop();
  void take_turn();
  void give_turn();

  std::string path_;
  std::uint32_t busy_timeout_ms_;
  shared_ptr with_;  ///< null: nobody else writes
  bool has_turn_ = false;
  std::unique_ptr<sqlite3, close> handle_;
  std::unordered_map<std::string, statement, sql::text_hash, std::equal_to<>> statements_;
};

}  // namespace parley::storage::sqlite
