#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "chat/errors.hpp"
#include "storage/sql/value.hpp"
#include "storage/vault.hpp"

namespace parley::storage::sql {

/// The two spellings of SQL we speak. Texts are shared wherever both mean the same.
enum class dialect : std::uint8_t { sqlite, mysql };

/// What may help after a failure.
enum class cure : std::uint8_t {
  none,        ///< nothing: tell the caller
  again,       ///< the whole transaction once more, soon (deadlock)
  again_once,  ///< likewise, but it has already cost seconds (lock timeout)
  reopen,      ///< a new connection; the statement had no effect
  settings,    ///< other settings, or a file that can be used: no waiting helps
};

/// Why a statement failed, already in the words of `chat`. Lives inside this folder only.
class failure : public std::exception {
 public:
  failure(chat::errc code, cure help, std::string detail)
      : code_(code), cure_(help), detail_(std::move(detail)) {}

  auto code() const -> chat::errc { return code_; }
  auto help() const -> cure { return cure_; }
  /// A sentence for a human, with the database's error number; no SQL, no values.
  auto detail() const -> const std::string& { return detail_; }
  auto what() const noexcept -> const char* override { return detail_.c_str(); }

 private:
  chat::errc code_;
  cure cure_;
  std::string detail_;
};

/// True when the database failed, and false when it or we refused something: then a rollback is
/// enough, and the connection is as good as before.
inline auto is_outage(const failure& why) -> bool {
  return why.code() == chat::errc::unavailable || why.code() == chat::errc::unknown;
}

/// One row of a result, alive while the sink runs. Columns count from 0; each is asked for as the
/// type it has.
class row {
 public:
  virtual ~row() = default;
  /// 0 for NULL.
  virtual auto integer(int column) const -> std::int64_t = 0;
  /// Bytes of a text or blob column, "" for NULL; valid until the sink returns.
  virtual auto text(int column) const -> std::string_view = 0;
  virtual auto is_null(int column) const -> bool = 0;
};

/// Takes rows one by one. It must not use the connection they come from.
using row_sink = std::function<void(const row&)>;

/// One connection to a database. Two drivers.
///
/// Every call but `abandon` throws `failure`. Statements are prepared once per connection and text,
/// so texts must come from a small set.
/// @thread one at a time; calls block
class connection {
 public:
  virtual ~connection() = default;

  virtual auto dialect() const -> sql::dialect = 0;

  /// How texts are stored here; plain unless told.
  auto texts() const -> const vault& { return *texts_; }
  void store_texts_in(vault_ptr texts) { texts_ = std::move(texts); }

  /// Connects when there is no connection, or the one at hand turns out to be dead.
  virtual void ensure_open() = 0;

  /// Runs a prepared statement that yields no rows. @returns the number of rows it changed
  virtual auto run(std::string_view text, std::span<const value> values) -> std::uint64_t = 0;

  /// The same outside a transaction: it commits by itself. When the connection dies meanwhile the
  /// failure is errc::unknown.
  virtual void run_alone(std::string_view text, std::span<const value> values) = 0;

  /// True when `run_each` costs one round trip however many rows it has. Known once open.
  virtual auto takes_rows_at_once() const -> bool { return false; }

  /// Runs a prepared statement that yields no rows once for each of `rows` rows of `values`, which
  /// lie row after row.
  virtual void run_each(std::string_view text, std::span<const value> values, std::size_t rows) {
    const auto width = values.size() / rows;
    for (; !values.empty(); values = values.subspan(width)) run(text, values.first(width));
  }

  /// The same for an INSERT outside a transaction: all its rows commit together, or none. When the
  /// connection dies meanwhile the failure is errc::unknown.
  virtual void run_each_alone(std::string_view text, std::span<const value> values,
                              std::size_t rows) {
    begin();
    run_each(text, values, rows);
    commit();
  }

  /// Runs a prepared query and hands every row to `sink`.
  virtual void query(std::string_view text, std::span<const value> values,
                     const row_sink& sink) = 0;

  /// Runs a text as it is, unprepared: schema changes and settings.
  virtual void execute(std::string_view text) = 0;

  /// Starts a transaction that may write.
  virtual void begin() = 0;
  /// Starts one that only reads: until end_reading all queries see the same moment.
  virtual void begin_reading() = 0;
  virtual void end_reading() = 0;
  /// On return it is on disk. When the connection dies meanwhile the failure is errc::unknown.
  virtual void commit() = 0;
  /// Rolls back what is open; lets the connection go when `why` says that it may be unusable.
  virtual void abandon(const failure& why) noexcept = 0;

  /// What makes a commit less durable than promised, for the log; "" when all is well.
  virtual auto durability_warning() const -> std::string = 0;

  auto run(std::string_view text, std::initializer_list<value> values) -> std::uint64_t {
    return run(text, std::span<const value>{values.begin(), values.size()});
  }
  void query(std::string_view text, std::initializer_list<value> values, const row_sink& sink) {
    query(text, std::span<const value>{values.begin(), values.size()}, sink);
  }

 private:
  vault_ptr texts_ = std::make_shared<const vault>();
};

}  // namespace parley::storage::sql
