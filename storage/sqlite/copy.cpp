#include "storage/sqlite/copy.hpp"

#include <sqlite3.h>

#include <memory>

namespace parley::storage::sqlite {
namespace {

using chat::errc;
using chat::unexpected;
using handle = std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)>;

constexpr int busy_timeout_ms = 10'000;

auto open(const std::string& file, int flags) -> handle {
  sqlite3* opened = nullptr;
  const auto code = sqlite3_open_v2(file.c_str(), &opened, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  handle made{opened, sqlite3_close_v2};
  if (code != SQLITE_OK) made.reset();
  if (made) sqlite3_busy_timeout(made.get(), busy_timeout_ms);
  return made;
}

auto refuse(errc code, const std::string& file, std::string_view why) -> unexpected {
  return {code, file + ": " + std::string{why}};
}

auto keep_first_line(void* into, int, char** columns, char**) -> int {
  auto& text = *static_cast<std::string*>(into);
  if (text.empty() && columns[0] != nullptr) text = columns[0];
  return 0;
}

}  // namespace

auto copy_database(const std::string& from, const std::string& to) -> chat::expected<void> {
  const auto source = open(from, SQLITE_OPEN_READWRITE);
  if (!source) return refuse(errc::unavailable, from, "the database file cannot be opened");
  const auto target = open(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE);
  if (!target) return refuse(errc::unavailable, to, "the file cannot be made");
  auto* copy = sqlite3_backup_init(target.get(), "main", source.get(), "main");
  if (copy == nullptr) return refuse(errc::unavailable, to, sqlite3_errmsg(target.get()));
  // In one step: one moment, read while others write to the log beside the file.
  sqlite3_backup_step(copy, -1);
  const auto code = sqlite3_backup_finish(copy);
  if (code != SQLITE_OK) return refuse(errc::unavailable, to, sqlite3_errstr(code));
  return {};
}

auto check_database(const std::string& file) -> chat::expected<void> {
  const auto db = open(file, SQLITE_OPEN_READWRITE);
  if (!db) return refuse(errc::unavailable, file, "the database file cannot be opened");
  std::string said;
  const auto code =
      sqlite3_exec(db.get(), "PRAGMA integrity_check(1)", keep_first_line, &said, nullptr);
  if (code != SQLITE_OK) return refuse(errc::conflict, file, sqlite3_errmsg(db.get()));
  if (said != "ok") return refuse(errc::conflict, file, said);
  return {};
}

}  // namespace parley::storage::sqlite
