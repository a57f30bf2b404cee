#include "storage/open.hpp"

#include <sys/stat.h>

#include "config/value.hpp"
#include "storage/migrations.hpp"
#include "storage/mysql/connection.hpp"
#include "storage/sql/sql_store.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/url.hpp"

namespace parley::storage {
namespace {

/// Schema changes may wait for other processes and copy tables.
constexpr std::uint32_t schema_timeout_ms = 600'000;

/// How to connect, but for where.
struct manner {
  const config::storage_options& options;
  std::uint32_t timeout_ms = 0;
  shared_ptr with;
};

auto connect_to(const sqlite_address& at, const manner& how) -> std::unique_ptr<sql::connection> {
  return std::make_unique<sqlite::connection>(at.path, how.timeout_ms, how.with);
}

auto connect_to(const mysql_address& at, const manner& how) -> std::unique_ptr<sql::connection> {
  using std::chrono::milliseconds;
  const auto& [options, timeout_ms, with] = how;
  return std::make_unique<mysql::connection>(
      mysql::settings{at, milliseconds{options.network_timeout_ms}, milliseconds{timeout_ms}, with});
}

auto connection_of(const config::storage_options& options, purpose use, shared_ptr with)
    -> chat::expected<std::unique_ptr<sql::connection>> {
  const auto where = parse_url(options.url);
  if (!where) return chat::unexpected{where.error()};
  const manner how{options,
                   use == purpose::schema ? schema_timeout_ms : options.network_timeout_ms,
                   std::move(with)};
  return std::visit([&](const auto& at) { return connect_to(at, how); }, *where);
}

}  // namespace

auto open_connection(const config::storage_options& options, purpose use)
    -> chat::expected<std::unique_ptr<sql::connection>> {
  return connection_of(options, use, {});
}

auto open_store(const config::storage_options& options, vault_ptr texts, shared_ptr with)
    -> chat::expected<std::unique_ptr<store>> {
  const auto max_conversations = with ? with->max_conversations_per_user : 0;
  auto db = connection_of(options, purpose::calls, std::move(with));
  if (!db) return chat::unexpected{db.error()};
  if (texts) (*db)->store_texts_in(std::move(texts));
  return std::unique_ptr<store>{std::make_unique<sql::sql_store>(std::move(*db), max_conversations)};
}

auto check_access(const config::storage_options& options) -> chat::expected<void> {
  auto db = connection_of(options, purpose::calls, {});
  if (!db) return chat::unexpected{db.error()};
  try {
    (*db)->ensure_open();
    return {};
  } catch (const sql::failure& why) {
    const bool is_ours = why.help() == sql::cure::settings;
    return chat::unexpected{is_ours ? chat::errc::bad_request : why.code(),
                            "storage.url " + config::mask_password(options.url) + ": " + why.detail()};
  }
}

auto is_new(const config::storage_options& options) -> bool {
  const auto where = parse_url(options.url);
  const auto* file = where ? std::get_if<sqlite_address>(&*where) : nullptr;
  struct stat found {};
  return file != nullptr && ::stat(file->path.c_str(), &found) != 0;
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
