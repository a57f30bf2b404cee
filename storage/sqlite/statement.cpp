#include "storage/sqlite/statement.hpp"

#include <string>

namespace parley::storage::sqlite {
namespace {

using chat::errc;
using sql::cure;

class result_row final : public sql::row {
 public:
  explicit result_row(sqlite3_stmt* handle) : handle_(handle) {}

  auto integer(int column) const -> std::int64_t override {
    return sqlite3_column_int64(handle_, column);
  }
  auto text(int column) const -> std::string_view override {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
    return bytes != nullptr ? std::string_view{bytes, size} : std::string_view{};
  }
  auto is_null(int column) const -> bool override {
    return sqlite3_column_type(handle_, column) == SQLITE_NULL;
  }

 private:
  sqlite3_stmt* handle_;
};

/// Leaves the statement ready for its next use, whatever happened.
struct reset_guard {
  sqlite3_stmt* handle;
  ~reset_guard() {
    sqlite3_reset(handle);
    sqlite3_clear_bindings(handle);
  }
};

auto bind_one(sqlite3_stmt* handle, int at, const sql::value& v) -> int {
  if (v.is_null()) return sqlite3_bind_null(handle, at);
  const auto size = static_cast<int>(v.size());
  switch (v.type()) {
    case sql::value::kind::integer: return sqlite3_bind_int64(handle, at, v.number());
    case sql::value::kind::text:
      return sqlite3_bind_text(handle, at, static_cast<const char*>(v.data()), size, SQLITE_STATIC);
    case sql::value::kind::blob:
      return sqlite3_bind_blob(handle, at, v.data(), size, SQLITE_STATIC);
  }
  return SQLITE_MISUSE;
}

auto sentence(std::string_view what, int code) -> std::string {
  return std::string{what} + " (SQLite " + std::to_string(code) + ")";
}

}  // namespace

auto translate(int code, bool closing) -> sql::failure {
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return {errc::duplicate, cure::none, sentence("a unique key refused the row", code)};
    default: break;
  }
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
    case SQLITE_RANGE:
      return {errc::refused, cure::none, sentence("the store cannot take this data", code)};
    case SQLITE_FULL: return {errc::unavailable, cure::none, sentence("the disk is full", code)};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {errc::unavailable, cure::none, sentence("the database is locked", code)};
    case SQLITE_IOERR:
      return {closing ? errc::unknown : errc::unavailable, cure::none,
              sentence("the database file cannot be read or written", code)};
    default: return {errc::unavailable, cure::none, sentence("the store failed", code)};
  }
}

statement::statement(sqlite3* db, std::string_view text) : is_commit_(text == "COMMIT") {
  sqlite3_stmt* handle = nullptr;
  const auto code = sqlite3_prepare_v3(db, text.data(), static_cast<int>(text.size()),
                                       SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) throw translate(code);
}

void statement::run(std::span<const sql::value> values, const sql::row_sink& sink) {
  const reset_guard guard{handle_.get()};
  bind(values);
  const result_row current{handle_.get()};
  auto code = sqlite3_step(handle_.get());
  for (; code == SQLITE_ROW; code = sqlite3_step(handle_.get())) sink(current);
  if (code != SQLITE_DONE) throw translate(code, is_commit_);
}

void statement::bind(std::span<const sql::value> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto code = bind_one(handle_.get(), static_cast<int>(i + 1), values[i]);
    if (code != SQLITE_OK) throw translate(code);
  }
}

}  // namespace parley::storage::sqlite
