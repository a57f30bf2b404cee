#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "chat/expected.hpp"
#include "storage/foreign/guid.hpp"
#include "storage/foreign/intake.hpp"
#include "storage/url.hpp"

/// The tables that EF Core makes of the .NET system's two classes, in MySQL or
/// MariaDB.
///
/// Names of tables and columns are found whatever the naming: `Participant1Id`, `participant1_id`.
/// GUIDs are read from char(36), char(32), varchar and text, MariaDB's uuid, and 16 bytes in any
/// order.
/// @source EF Core's converters; the type mappings of Pomelo.EntityFrameworkCore.MySql and
///         MySql.EntityFrameworkCore; R-080..R-085
namespace parley::storage::foreign {

struct ef_options {
  std::string conversations;  ///< name of the table; empty: found
  std::string messages;
  std::optional<guid_order> order;  ///< of GUIDs in 16 bytes; nothing: found out
  std::size_t max_text_units = 5'000;
  chat::timestamp now;  ///< nothing was written later
};

struct ef_summary {
  std::uint64_t conversation_rows = 0;
  std::uint64_t message_rows = 0;
  std::string guids;  ///< "text", or the order
};

/// Reads both tables as of one moment, a few hundred rows at a time, by their keys; changes
/// nothing. Rows that cannot be taken go to `refuse`.
/// @errors errc::unavailable; errc::conflict: these are not such tables, or the order of bytes cannot
///         be told, with what to do
auto read_ef_tables(const mysql_address& from, const ef_options& how, intake& into,
                    const refusal_sink& refuse) -> chat::expected<ef_summary>;

}  // namespace parley::storage::foreign
