#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "chat/expected.hpp"
#include "storage/foreign/ef_tables.hpp"
#include "storage/sql/connection.hpp"

namespace parley::storage::foreign {

/// What stands in a column that holds ids.
enum class id_form : std::uint8_t { text, bytes };

struct ef_column {
  std::string name;  ///< as the table spells it
  std::string type;  ///< "char", "binary"
};

/// One of the two tables: its columns by their names without case and underscores.
struct ef_table {
  std::string name;
  std::map<std::string, ef_column, std::less<>> columns;

  auto has(std::string_view column) const -> bool { return columns.contains(column); }
  auto form_of(std::string_view column) const -> id_form;
  /// What to select so that a text, or 16 bytes, come out; "NULL" when there is no such column.
  auto expression(std::string_view column) const -> std::string;
};

struct ef_schema {
  ef_table conversations;
  ef_table messages;
};

/// Looks the two tables up and checks that nothing is missing.
/// @errors errc::conflict: what is missing, what there is, and what to do
auto find_ef_schema(sql::connection& db, const ef_options& how) -> chat::expected<ef_schema>;

/// The order of GUIDs in columns of bytes: that of `how`, or what the rows show.
/// @returns big_endian when no column holds bytes
/// @errors errc::conflict: the rows do not show it, with what the first id would be in each order
auto find_guid_order(sql::connection& db, const ef_schema& in, const ef_options& how)
    -> chat::expected<guid_order>;

auto holds_bytes(const ef_schema& in) -> bool;

/// For a statement. @param name  from the database itself
auto quoted(std::string_view name) -> std::string;

}  // namespace parley::storage::foreign
