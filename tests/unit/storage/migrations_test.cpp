#include "storage/migrations.hpp"

#include <catch2/catch.hpp>

using namespace parley::storage;

TEST_CASE("a checksum is the SHA-256 of the text", "[storage][migrations]") {
  CHECK(checksum("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("both dialects know the same steps, numbered without gap", "[storage][migrations]") {
  const auto mysql = known_migrations(sql::dialect::mysql);
  const auto sqlite = known_migrations(sql::dialect::sqlite);
  REQUIRE(mysql.size() == sqlite.size());
  for (std::size_t i = 0; i < mysql.size(); ++i) {
    CHECK(mysql[i].version == static_cast<int>(i + 1));
    CHECK(sqlite[i].version == mysql[i].version);
    CHECK(sqlite[i].name == mysql[i].name);
    CHECK(mysql[i].sql.ends_with(";\n"));
  }
  CHECK(mysql.front().name == "InitialMessagingMigration");
}
