#include "storage/migrations.hpp"

#include <openssl/evp.h>

#include <array>
#include <map>

#include "storage/migrations/devices.hpp"
#include "storage/migrations/image_sizes.hpp"
#include "storage/migrations/initial_messaging.hpp"
#include "storage/migrations/invites.hpp"
#include "storage/migrations/wider_group_names.hpp"
#include "storage/open.hpp"
#include "storage/sql/rows.hpp"

namespace parley::storage {
namespace {

constexpr std::string_view make_table =
    "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER NOT NULL PRIMARY KEY, "
    "name VARCHAR(255) NOT NULL, checksum CHAR(64) NOT NULL, applied_at BIGINT NOT NULL)";

constexpr std::string_view has_table_mysql =
    "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND "
    "table_name = 'schema_migrations'";
constexpr std::string_view has_table_sqlite =
    "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'";

// Names of locks hold for the whole server and have at most 64 characters.
constexpr std::string_view take_lock =
    "SELECT COALESCE(GET_LOCK(CONCAT('parley.schema.', MD5(DATABASE())), 120), 0)";
constexpr std::string_view leave_lock =
    "SELECT RELEASE_LOCK(CONCAT('parley.schema.', MD5(DATABASE())))";

struct applied_step {
  std::string name;
  std::string checksum;
};
using applied_steps = std::map<int, applied_step>;

/// Keeps other processes from changing the schema: a named lock in MySQL, the transaction that all
/// steps share in SQLite. A connection that is closed leaves either.
class schema_lock {
 public:
  explicit schema_lock(sql::connection& db) : db_(db) {
    db_.ensure_open();
    if (db_.dialect() == sql::dialect::sqlite) {
      db_.begin();
    } else {
      take();
    }
  }
  void leave() {
    if (db_.dialect() == sql::dialect::sqlite) return db_.commit();
    db_.query(leave_lock, {}, [](const sql::row&) {});
  }

 private:
  void take() {
    bool taken = false;
    db_.query(take_lock, {}, [&](const sql::row& r) { taken = r.integer(0) == 1; });
    if (!taken)
      throw sql::failure{chat::errc::unavailable, sql::cure::none,
                         "another process is changing the schema"};
  }

  sql::connection& db_;
};

auto read_applied(sql::connection& db) -> applied_steps {
  bool has_table = false;
  db.query(db.dialect() == sql::dialect::mysql ? has_table_mysql : has_table_sqlite, {},
           [&](const sql::row&) { has_table = true; });
  applied_steps found;
  if (!has_table) return found;
  db.query("SELECT version, name, checksum FROM schema_migrations", {}, [&](const sql::row& r) {
    found[static_cast<int>(r.integer(0))] = {sql::read_text(r, 1), sql::read_text(r, 2)};
  });
  return found;
}

void check_applied(const applied_steps& applied, std::span<const migration> known) {
  for (const auto& step : known) {
    const auto at = applied.find(step.version);
    if (at == applied.end() || at->second.checksum == checksum(step.sql)) continue;
    throw sql::failure{chat::errc::conflict, sql::cure::none,
                       "migration " + std::to_string(step.version) +
                           " was applied with another text than this program knows"};
  }
}

void apply_step(sql::connection& db, const migration& step) {
  auto rest = step.sql;
  for (auto end = rest.find(";\n"); end != std::string_view::npos; end = rest.find(";\n")) {
    db.execute(rest.substr(0, end));
    rest.remove_prefix(end + 2);
  }
  db.run("INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (?,?,?,?)",
         {std::int64_t{step.version}, step.name, std::string_view{checksum(step.sql)},
          chat::system_clock().now()});
}

auto apply_missing(sql::connection& db) -> std::vector<int> {
  schema_lock lock{db};
  const auto known = known_migrations(db.dialect());
  const auto applied = read_applied(db);
  check_applied(applied, known);
  if (applied.empty()) db.execute(make_table);
  std::vector<int> now;
  for (const auto& step : known) {
    if (applied.contains(step.version)) continue;
    apply_step(db, step);
    now.push_back(step.version);
  }
  lock.leave();
  return now;
}

auto list_states(sql::connection& db) -> std::vector<migration_state> {
  db.ensure_open();
  const auto applied = read_applied(db);
  std::vector<migration_state> states;
  for (const auto& step : known_migrations(db.dialect())) {
    const auto at = applied.find(step.version);
    const bool is_applied = at != applied.end();
    states.push_back({step.version, std::string{step.name}, is_applied,
                      !is_applied || at->second.checksum == checksum(step.sql),
                      std::string{step.sql}});
  }
  const auto last_known = states.back().version;
  for (auto at = applied.upper_bound(last_known); at != applied.end(); ++at)
    states.push_back({at->first, at->second.name, true, true, {}});
  return states;
}

/// Runs `body` on a connection of its own; the edge where `failure` ends.
template <class Body>
auto with_connection(const config::storage_options& options, Body body)
    -> chat::expected<std::invoke_result_t<Body, sql::connection&>> {
  auto db = open_connection(options, purpose::schema);
  if (!db) return chat::unexpected{db.error()};
  try {
    return body(**db);
  } catch (const sql::failure& why) {
    (*db)->abandon(why);
    return chat::unexpected{why.code(), why.detail()};
  }
}

}  // namespace

auto known_migrations(sql::dialect dialect) -> std::span<const migration> {
  constexpr std::string_view first = "InitialMessagingMigration";
  constexpr std::string_view second = "WiderGroupNames";
  constexpr std::string_view third = "Devices";
  constexpr std::string_view fourth = "Invites";
  constexpr std::string_view fifth = "ImageSizes";
  static const std::array mysql{migration{1, first, migrations::initial_messaging_mysql},
                                migration{2, second, migrations::wider_group_names_mysql},
                                migration{3, third, migrations::devices_mysql},
                                migration{4, fourth, migrations::invites_mysql},
                                migration{5, fifth, migrations::image_sizes_mysql}};
  static const std::array sqlite{migration{1, first, migrations::initial_messaging_sqlite},
                                 migration{2, second, migrations::wider_group_names_sqlite},
                                 migration{3, third, migrations::devices_sqlite},
                                 migration{4, fourth, migrations::invites_sqlite},
                                 migration{5, fifth, migrations::image_sizes_sqlite}};
  return dialect == sql::dialect::mysql ? mysql : sqlite;
}

auto checksum(std::string_view text) -> std::string {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), bytes.data(), &size, EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += digits[bytes[i] >> 4];
    hex += digits[bytes[i] & 15];
  }
  return hex;
}

auto migration_status(const config::storage_options& options)
    -> chat::expected<std::vector<migration_state>> {
  return with_connection(options, list_states);
}

auto migrate_up(const config::storage_options& options) -> chat::expected<std::vector<int>> {
  return with_connection(options, apply_missing);
}

}  // namespace parley::storage
