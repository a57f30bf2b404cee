#pragma once

#include <string_view>

#include "tests/contract/drivers.hpp"

/// Rules of a database's administrator that make it refuse every message "poison".
namespace parley::test {

inline auto is_sqlite(const config::storage_options& options) -> bool {
  return options.url.starts_with("sqlite:");
}

inline constexpr std::string_view sqlite_poison_trigger =
    "CREATE TRIGGER no_poison BEFORE INSERT ON messages WHEN NEW.content = 'poison' "
    "BEGIN SELECT RAISE(ABORT, 'poison'); END";

inline void refuse_poison(const config::storage_options& options) {
  run_sql(options, is_sqlite(options) ? sqlite_poison_trigger
                                      : "ALTER TABLE messages ADD CONSTRAINT no_poison "
                                        "CHECK (content <> 'poison')");
}

/// The administrator has seen the light.
inline void allow_poison(const config::storage_options& options) {
  run_sql(options, is_sqlite(options) ? "DROP TRIGGER no_poison"
                                      : "ALTER TABLE messages DROP CONSTRAINT no_poison");
}

inline void refuse_poison_by_trigger(const config::storage_options& options) {
  run_sql(options, is_sqlite(options)
                       ? sqlite_poison_trigger
                       : "CREATE TRIGGER no_poison BEFORE INSERT ON messages FOR EACH ROW "
                         "IF NEW.content = 'poison' THEN SIGNAL SQLSTATE '45000' "
                         "SET MESSAGE_TEXT = 'poison'; END IF");
}

}  // namespace parley::test
