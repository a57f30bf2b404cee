#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "chat/expected.hpp"
#include "config/options.hpp"
#include "storage/sql/connection.hpp"

namespace parley::storage {

/// One step of the schema. Once released its text never changes: databases hold its checksum.
struct migration {
  int version = 0;  ///< from 1, dense
  std::string_view name;
  std::string_view sql;  ///< statements, each ending in ";\n"
};

/// Every step for one dialect, in order.
auto known_migrations(sql::dialect dialect) -> std::span<const migration>;

/// SHA-256 of the text in lower-case hex.
auto checksum(std::string_view text) -> std::string;

/// What a connection is for: schema changes may take minutes where calls take milliseconds.
enum class purpose : std::uint8_t { calls, schema };

/// A connection of the driver that `storage.url` names; connects on first use.
/// @errors errc::bad_request
auto open_connection(const config::storage_options& options, purpose use = purpose::calls)
    -> chat::expected<std::unique_ptr<sql::connection>>;

}  // namespace parley::storage
