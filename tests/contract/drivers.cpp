#include "tests/contract/drivers.hpp"

#include <cstdlib>
#include <stdexcept>

#include "tests/support/galera.hpp"

namespace parley::test {
namespace {

auto connected(const config::storage_options& options)
    -> std::unique_ptr<storage::sql::connection> {
  auto db = storage::open_connection(options);
  if (!db) throw std::runtime_error{db.error().detail};
  (*db)->ensure_open();
  return std::move(*db);
}

}  // namespace

sqlite_driver::sqlite_driver() {
  auto name = (std::filesystem::temp_directory_path() / "parley-contract-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
  folder_ = name;
}

sqlite_driver::~sqlite_driver() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

mariadb_driver::mariadb_driver() {
  if (std::getenv("PARLEY_TEST_GALERA") == nullptr) {
    url_ = other_url_ = mariadb::shared().new_database();
    return;
  }
  auto& all = galera::shared();
  url_ = all.member(0).new_database();
  other_url_ = all.member(1).url(url_.substr(url_.rfind('/') + 1));
}

auto vault_of(const std::string& keys, bool enabled) -> storage::vault_ptr {
  auto made = storage::make_vault({enabled, {}, keys, 0});
  if (!made) throw std::runtime_error{made.error().detail};
  return std::move(*made);
}

auto opened(const config::storage_options& options, storage::vault_ptr texts,
            storage::shared_ptr with) -> std::unique_ptr<storage::store> {
  const bool is_sealing = std::getenv("PARLEY_TEST_ENCRYPTION") != nullptr;
  if (!texts && is_sealing) texts = vault_of(test_key_1, true);
  auto store = storage::open_store(options, std::move(texts), std::move(with));
  if (!store) throw std::runtime_error{store.error().detail};
  return std::move(*store);
}

void run_sql(const config::storage_options& options, std::string_view text) {
  connected(options)->execute(text);
}

auto ask_sql(const config::storage_options& options, std::string_view text, int columns)
    -> std::string {
  std::string answer;
  connected(options)->query(text, {}, [&](const storage::sql::row& r) {
    for (int i = 0; i < columns; ++i) {
      const auto shown = r.text(i);
      answer += (i > 0 ? "|" : "");
      answer += r.is_null(i) ? "NULL" : shown.empty() ? std::to_string(r.integer(i)) : shown;
    }
    answer += "\n";
  });
  return answer;
}

}  // namespace parley::test
