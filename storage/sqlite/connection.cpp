#include "storage/sqlite/connection.hpp"

#include <filesystem>

namespace parley::storage::sqlite {
namespace {

using chat::errc;
using sql::cure;

void ignore_row(const sql::row&) {}

void make_folder_of(const std::string& path) {
  std::error_code ignored;  // sqlite3_open_v2 will say what is wrong
  const auto folder = std::filesystem::path{path}.parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
}

}  // namespace

connection::connection(std::string path, std::uint32_t busy_timeout_ms, shared_ptr with)
    : path_(std::move(path)), busy_timeout_ms_(busy_timeout_ms), with_(std::move(with)) {}

void connection::ensure_open() {
  if (handle_) return;
  try {
    open();
  } catch (...) {
    drop();
    throw;
  }
}

void connection::open() {
  make_folder_of(path_);
  sqlite3* opened = nullptr;
  constexpr auto flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const auto code = sqlite3_open_v2(path_.c_str(), &opened, flags, nullptr);
  handle_.reset(opened);
  if (code != SQLITE_OK)
    throw sql::failure{errc::unavailable, cure::settings, "the database file cannot be opened"};
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, static_cast<int>(busy_timeout_ms_));
  check_pragma("PRAGMA journal_mode = WAL", "PRAGMA journal_mode", "wal");
  check_pragma("PRAGMA synchronous = FULL", "PRAGMA synchronous", "2");
  // A checkpoint writes each changed page once: the rarer, the fewer pages. 32 MiB of log at most
  // have to be read again after a crash.
  execute("PRAGMA wal_autocheckpoint = 8192");
  execute("PRAGMA journal_size_limit = 67108864");
  execute("PRAGMA cache_size = -16384");
}

void connection::check_pragma(std::string_view set, std::string_view get, std::string_view wanted) {
  execute(set);
  std::string got;
  query(get, {}, [&](const sql::row& r) { got = r.text(0); });
  if (got != wanted)
    throw sql::failure{errc::unavailable, cure::none,
                       "the database file refused " + std::string{set}};
}

auto connection::prepared(std::string_view text) -> statement& {
  const auto known = statements_.find(text);
  if (known != statements_.end()) return known->second;
  return statements_.emplace(text, statement{handle_.get(), text}).first->second;
}

auto connection::run(std::string_view text, std::span<const sql::value> values) -> std::uint64_t {
  prepared(text).run(values, ignore_row);
  return static_cast<std::uint64_t>(sqlite3_changes64(handle_.get()));
}

void connection::run_alone(std::string_view text, std::span<const sql::value> values) {
  begin();
  run(text, values);
  commit();
}

void connection::query(std::string_view text, std::span<const sql::value> values,
                       const sql::row_sink& sink) {
  prepared(text).run(values, sink);
}

void connection::execute(std::string_view text) {
  const auto code =
      sqlite3_exec(handle_.get(), std::string{text}.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw translate(code);
}

void connection::begin() {
  take_turn();
  prepared("BEGIN IMMEDIATE").run({}, ignore_row);
}

void connection::take_turn() {
  if (!with_) return;
  has_turn_ = with_->writing.take(std::chrono::milliseconds{busy_timeout_ms_});
  if (!has_turn_)
    throw sql::failure{errc::unavailable, cure::none, "waited too long for other writers"};
}

void connection::give_turn() {
  if (std::exchange(has_turn_, false)) with_->writing.give();
}

void connection::begin_reading() {
  prepared("BEGIN").run({}, ignore_row);
}

void connection::end_reading() {
  prepared("COMMIT").run({}, ignore_row);
}

void connection::commit() {
  prepared("COMMIT").run({}, ignore_row);
  give_turn();
}

void connection::abandon(const sql::failure& why) noexcept {
  if (is_outage(why) || handle_ == nullptr) return drop();
  if (sqlite3_get_autocommit(handle_.get()) == 0)
    sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  give_turn();
}

void connection::drop() {
  statements_.clear();
  handle_.reset();
  give_turn();
}

}  // namespace parley::storage::sqlite
