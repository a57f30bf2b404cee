#include <catch2/catch.hpp>

#include "storage/mysql/errors.hpp"
#include "storage/sqlite/statement.hpp"

using namespace parley;
using chat::errc;
using storage::sql::cure;

TEST_CASE("MySQL numbers become words of chat", "[storage][errors]") {
  const auto [number, code, help] = GENERATE(table<unsigned, errc, cure>({
      {1062, errc::duplicate, cure::none},
      {1205, errc::unavailable, cure::again_once},
      {1213, errc::unavailable, cure::again},
      {1020, errc::unavailable, cure::again},
      {2006, errc::unavailable, cure::reopen},
      {2013, errc::unavailable, cure::reopen},
      {1927, errc::unavailable, cure::reopen},
      {1053, errc::unavailable, cure::reopen},
      {2002, errc::unavailable, cure::none},
      {1040, errc::unavailable, cure::none},
      {1290, errc::unavailable, cure::none},
      {1021, errc::unavailable, cure::none},
      {1114, errc::unavailable, cure::none},
      {1047, errc::unavailable, cure::none},
      {1146, errc::unavailable, cure::none},
      {1406, errc::refused, cure::none},
      {1366, errc::refused, cure::none},
      {1048, errc::refused, cure::none},
      {1264, errc::refused, cure::none},
  }));
  const auto why = storage::mysql::translate(number);
  INFO(number << ": " << why.detail());
  CHECK(why.code() == code);
  CHECK(why.help() == help);
  CHECK(why.detail().find(std::to_string(number)) != std::string::npos);
}

TEST_CASE("only a connection or a cluster that breaks during a commit leaves the outcome unknown",
          "[storage][errors]") {
  for (const unsigned number : {2006u, 2013u, 1927u, 1053u, 4031u}) {
    const auto why = storage::mysql::translate(number, true);
    CHECK(why.code() == errc::unknown);
    CHECK(why.help() == cure::none);
  }
  CHECK(storage::mysql::translate(1062, true).code() == errc::duplicate);
  CHECK(storage::mysql::translate(1213, true).help() == cure::again);
  CHECK(storage::mysql::translate(1290, true).code() == errc::unavailable);
  CHECK(storage::mysql::translate(1047, true).code() == errc::unknown);
}

TEST_CASE("SQLite codes become words of chat", "[storage][errors]") {
  const auto code_of = [](int code) { return storage::sqlite::translate(code).code(); };
  CHECK(code_of(SQLITE_CONSTRAINT_UNIQUE) == errc::duplicate);
  CHECK(code_of(SQLITE_CONSTRAINT_PRIMARYKEY) == errc::duplicate);
  CHECK(code_of(SQLITE_CONSTRAINT_CHECK) == errc::refused);
  CHECK(code_of(SQLITE_CONSTRAINT_NOTNULL) == errc::refused);
  CHECK(code_of(SQLITE_CONSTRAINT_DATATYPE) == errc::refused);
  CHECK(code_of(SQLITE_FULL) == errc::unavailable);
  CHECK(code_of(SQLITE_BUSY) == errc::unavailable);
  CHECK(code_of(SQLITE_BUSY_SNAPSHOT) == errc::unavailable);
  CHECK(code_of(SQLITE_IOERR_WRITE) == errc::unavailable);
  CHECK(storage::sqlite::translate(SQLITE_IOERR_FSYNC, true).code() == errc::unknown);
  CHECK(storage::sqlite::translate(SQLITE_FULL, true).code() == errc::unavailable);
}
