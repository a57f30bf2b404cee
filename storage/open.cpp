#include "storage/open.hpp"

#include <sys/stat.h>

#include "storage/migrations.hpp"
#include "storage/mysql/connection.hpp"
#include "storage/sql/sql_store.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/url.hpp"

namespace parley::storage {
namespace {

/// Schema changes may wait for other processes and copy tables.
constexpr std::uint32_t schema_timeout_ms = 600'000;

auto connect_to(const sqlite_address& at, std::uint32_t, std::uint32_t timeout_ms)
    -> std::unique_ptr<sql::connection> {
  return std::make_unique<sqlite::connection>(at.path, timeout_ms);
}

auto connect_to(const mysql_address& at, std::uint32_t connect_timeout_ms, std::uint32_t timeout_ms)
    -> std::unique_ptr<sql::connection> {
  return std::make_unique<mysql::connection>(mysql::settings{
      at, std::chrono::milliseconds{connect_timeout_ms}, std::chrono::milliseconds{timeout_ms}});
}

}  // namespace

auto open_connection(const config::storage_options& options, purpose use)
    -> chat::expected<std::unique_ptr<sql::connection>> {
  const auto where = parse_url(options.url);
  if (!where) return chat::unexpected{where.error()};
  const auto timeout = options.network_timeout_ms;
  return std::visit(
      [&](const auto& at) {
        return connect_to(at, timeout, use == purpose::schema ? schema_timeout_ms : timeout);
      },
      *where);
}

auto open_store(const config::storage_options& options, vault_ptr texts)
    -> chat::expected<std::unique_ptr<store>> {
  auto db = open_connection(options);
  if (!db) return chat::unexpected{db.error()};
  if (texts) (*db)->store_texts_in(std::move(texts));
  return std::unique_ptr<store>{std::make_unique<sql::sql_store>(std::move(*db))};
}

auto database_file_warning(const config::storage_options& options) -> std::string {
  const auto where = parse_url(options.url);
  const auto* file = where ? std::get_if<sqlite_address>(&*where) : nullptr;
  if (file == nullptr) return {};
  for (const auto* ending : {"", "-wal", "-shm"}) {
    const auto path = file->path + ending;
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0 || (found.st_mode & (S_IRWXG | S_IRWXO)) == 0) continue;
    return "the database file " + path + " is open to others than its owner: chmod 600 it";
  }
  return {};
}

auto is_embedded(const config::storage_options& options) -> bool {
  const auto where = parse_url(options.url);
  return where && std::holds_alternative<sqlite_address>(*where);
}

}  // namespace parley::storage
