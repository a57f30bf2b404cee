#pragma once

#include <optional>
#include <string_view>

#include "chat/entry.hpp"
#include "storage/foreign/intake.hpp"

/// Values as EF Core leaves them in columns, read from their text.
namespace parley::storage::foreign {

/// "2024-01-01 12:00:00.123456", with fewer digits or none behind the dot, `T` for the space and
/// `Z` at the end allowed. UTC: what DateTime.UtcNow leaves. Nothing: it is no time.
auto parse_moment(std::string_view text) -> std::optional<micros>;

auto to_timestamp(micros at) -> chat::timestamp;

/// A number, or the name of an enum's member, in any case.
auto parse_ef_status(std::string_view text) -> std::optional<chat::message_status>;
/// Only types of two: the table has room for no others. "" is ProfessionalPatient, the class's
/// first.
auto parse_ef_type(std::string_view text) -> std::optional<chat::conversation_type>;

}  // namespace parley::storage::foreign
