// The names that the requirements give to tables, columns and indexes.
#include <catch2/catch.hpp>

#include "tests/contract/drivers.hpp"

using namespace parley;
using namespace parley::test;

namespace {

/// The columns of each index of a table, one "a,b" a line, the primary key's too.
auto indexes_of(const config::storage_options& options, const std::string& table) -> std::string {
  if (storage::is_embedded(options))
    return ask_sql(options,
                   "SELECT (SELECT group_concat(name) FROM pragma_index_info(i.name)) FROM "
                   "pragma_index_list('" + table + "') AS i", 1);
  return ask_sql(options,
                 "SELECT group_concat(column_name ORDER BY seq_in_index) FROM "
                 "information_schema.statistics WHERE table_schema = database() AND "
                 "table_name = '" + table + "' GROUP BY index_name", 1);
}

auto columns_of(const config::storage_options& options, const std::string& table) -> std::string {
  if (storage::is_embedded(options))
    return ask_sql(options, "SELECT name FROM pragma_table_info('" + table + "')", 1);
  return ask_sql(options,
                 "SELECT column_name FROM information_schema.columns WHERE table_schema = "
                 "database() AND table_name = '" + table + "'", 1);
}

auto has_line(const std::string& text, const std::string& line) -> bool {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

/// Is there an index that begins with these columns?
auto is_indexed(const std::string& indexes, const std::string& columns) -> bool {
  return has_line(indexes, columns) ||
         ("\n" + indexes).find("\n" + columns + ",") != std::string::npos;
}

}  // namespace

STORE_CASE("conversations have the columns and both pair indexes of the guide", "[schema]") {
  database<TestType> db;
  const auto columns = columns_of(db.options, "conversations");
  for (const auto* name : {"id", "participant1_id", "participant2_id", "type", "created_at",
                           "updated_at", "last_message_at", "case_id"}) {
    INFO(name);
    CHECK(has_line(columns, name));
  }
  const auto indexes = indexes_of(db.options, "conversations");
  CHECK(is_indexed(indexes, "participant1_id,participant2_id"));
  CHECK(is_indexed(indexes, "participant2_id,participant1_id"));
}

STORE_CASE("messages have the columns and the four indexes of the guide", "[schema]") {
  database<TestType> db;
  const auto columns = columns_of(db.options, "messages");
  for (const auto* name :
       {"id", "conversation_id", "sender_id", "content", "created_at", "deleted_at"}) {
    INFO(name);
    CHECK(has_line(columns, name));
  }
  const auto indexes = indexes_of(db.options, "messages");
  for (const auto* wanted :
       {"conversation_id", "sender_id", "created_at", "conversation_id,created_at"}) {
    INFO(wanted);
    CHECK(is_indexed(indexes, wanted));
  }
}
