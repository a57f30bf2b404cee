#pragma once

#include <catch2/catch.hpp>

#include <filesystem>
#include <memory>
#include <string>

#include "storage/migrations.hpp"
#include "storage/open.hpp"
#include "tests/support/mariadb.hpp"

/// A case that runs once per driver; inside, `TestType` is the driver.
#define STORE_CASE(name, tags) \
  TEMPLATE_TEST_CASE(name, "[store]" tags, sqlite_driver, mariadb_driver)

/// The stores under contract: each case runs once on every driver, on a database of its own.
namespace parley::test {

/// A file in a temporary folder, removed with its owner.
class sqlite_driver {
 public:
  sqlite_driver();
  ~sqlite_driver();
  sqlite_driver(const sqlite_driver&) = delete;
  auto operator=(const sqlite_driver&) -> sqlite_driver& = delete;

  auto url() const -> std::string { return "sqlite:" + (folder_ / "parley.db").string(); }
  auto other_url() const -> std::string { return url(); }

 private:
  std::filesystem::path folder_;
};

/// A database on the MariaDB server that this process shares: with PARLEY_TEST_GALERA a member of a
/// cluster of three.
class mariadb_driver {
 public:
  mariadb_driver();
  auto url() const -> std::string { return url_; }
  /// The same database; in a cluster, at another of its members.
  auto other_url() const -> std::string { return other_url_; }

 private:
  std::string url_, other_url_;
};

/// Options for a database with no table in it.
template <class Driver>
struct empty_database {
  empty_database() { options.url = driver.url(); }

  Driver driver;
  config::storage_options options;
};

/// Two keys with their ids, as settings have them.
inline const std::string test_key_1 = "1:YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=";
inline const std::string test_key_2 = "2:YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=";

auto vault_of(const std::string& keys, bool enabled) -> storage::vault_ptr;

/// @param texts null: plain; sealed when PARLEY_TEST_ENCRYPTION is set, so that the whole suite
///              can run once more
/// @param with null: nothing shared
auto opened(const config::storage_options& options, storage::vault_ptr texts = {},
            storage::shared_ptr with = {}) -> std::unique_ptr<storage::store>;

/// A migrated database and one store on it.
template <class Driver>
struct database : empty_database<Driver> {
  database() {
    if (!storage::migrate_up(this->options)) throw std::runtime_error{"migrate_up failed"};
    store = opened(this->options);
  }

  /// Another store on the same database; in a cluster of databases, at another member.
  auto another() const -> std::unique_ptr<storage::store> {
    auto there = this->options;
    there.url = this->driver.other_url();
    return opened(there);
  }

  std::unique_ptr<storage::store> store;
};

/// Runs one statement past the store. @throws storage::sql::failure
void run_sql(const config::storage_options& options, std::string_view text);

/// The columns of all rows as text, "|" between columns and "\n" after rows.
auto ask_sql(const config::storage_options& options, std::string_view text, int columns)
    -> std::string;

}  // namespace parley::test
