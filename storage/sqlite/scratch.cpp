#include "storage/sqlite/scratch.hpp"

namespace parley::storage::sqlite {

scratch_failure::scratch_failure(const sql::failure& why)
    : sql::failure(
          why.code(), why.help(),
          "the temporary database (in SQLITE_TMPDIR, TMPDIR or /var/tmp): " + why.detail()) {}

scratch::scratch() {
  sqlite3* opened = nullptr;
  constexpr auto flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const auto code = sqlite3_open_v2("", &opened, flags, nullptr);  // "": a file without a name
  handle_.reset(opened);
  if (code != SQLITE_OK) throw scratch_failure{translate(code)};
  sqlite3_extended_result_codes(opened, 1);
  execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384");
}

void scratch::execute(const std::string& statements) {
  const auto code = sqlite3_exec(handle_.get(), statements.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw scratch_failure{translate(code)};
}

auto scratch::prepared(std::string_view text) -> statement& {
  const auto known = statements_.find(text);
  if (known != statements_.end()) return known->second;
  return statements_.emplace(text, statement{handle_.get(), text}).first->second;
}

auto scratch::run(std::string_view text, std::initializer_list<sql::value> values)
    -> std::uint64_t {
  query(text, values, [](const sql::row&) {});
  return static_cast<std::uint64_t>(sqlite3_changes64(handle_.get()));
}

void scratch::query(std::string_view text, std::initializer_list<sql::value> values,
                    const sql::row_sink& sink) {
  try {
    prepared(text).run({values.begin(), values.size()}, sink);
  } catch (const sql::failure& why) {
    throw scratch_failure{why};
  }
}

}  // namespace parley::storage::sqlite
