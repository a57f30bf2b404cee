#pragma once

#include <memory>
#include <string>
#include <vector>

#include "chat/expected.hpp"
#include "config/options.hpp"
#include "storage/shared.hpp"
#include "storage/store.hpp"
#include "storage/vault.hpp"

namespace parley::storage {

/// Makes a store for one thread; connects on first use.
/// @param texts how texts are stored; null: plain
/// @param with what the stores of a server share; null: nothing
/// @errors errc::bad_request when `storage.url` makes no sense
auto open_store(const config::storage_options& options, vault_ptr texts = {},
                shared_ptr with = {}) -> chat::expected<std::unique_ptr<store>>;

/// Can this database be used? One connection, opened and closed again.
/// @errors errc::bad_request: no waiting helps (login, database, TLS, file); errc::unavailable: it
///         does not answer now. Both name where, without the password
auto check_access(const config::storage_options& options) -> chat::expected<void>;

/// True when the url names a file that the first connection will make.
auto is_new(const config::storage_options& options) -> bool;

/// A sentence when the files of an embedded database are open to others than their owner; empty:
/// they are not, or there are none.
auto database_file_warning(const config::storage_options& options) -> std::string;

/// True when the url names the embedded store, whose schema `serve` brings up by itself.
auto is_embedded(const config::storage_options& options) -> bool;

/// One numbered step of the schema, as built into the program.
struct migration_state {
  int version = 0;
  std::string name;
  bool applied = false;
  bool checksum_matches = true;  ///< false: the database holds a different text under this number
  std::string sql;
};

/// Every known migration in order, and any the database has that this program does not know
/// (empty sql). A missing schema_migrations table means that none is applied.
auto migration_status(const config::storage_options& options)
    -> chat::expected<std::vector<migration_state>>;

/// Applies what is missing, in order, under a lock that other processes respect.
/// @returns the versions applied now
/// @errors errc::conflict when a checksum differs; errc::unavailable
auto migrate_up(const config::storage_options& options) -> chat::expected<std::vector<int>>;

}  // namespace parley::storage
