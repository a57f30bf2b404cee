#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "chat/entry.hpp"
#include "storage/sql/connection.hpp"

/// Columns of the schema to values of `chat`, and the column lists that go with them.
namespace parley::storage::sql {

/// What `read_entry` expects, `%` standing for the table's alias: content first, as its text
/// depends on who asks.
inline constexpr std::string_view entry_columns =
    "%.conversation_id, %.seq, %.ordinal, %.kind, %.id, %.sender_id, %.client_message_id, "
    "%.fingerprint, %.created_at, %.reply_to, %.attachments, %.target_id, %.target_seq, "
    "%.subjects, %.edited_at, %.deleted_at";
inline constexpr int entry_column_count = 17;  ///< content included

/// Content of a message as a member may see it: "" once deleted.
inline constexpr std::string_view visible_content =
    "CASE WHEN %.deleted_at IS NULL THEN %.content ELSE '' END";

/// What `read_info` expects.
inline constexpr std::string_view info_columns =
    "%.id, %.type, %.participant1_id, %.participant2_id, %.title, %.case_id, %.name, "
    "%.created_by, %.created_at";
inline constexpr int info_column_count = 9;

inline constexpr std::string_view member_columns =
    "%.user_id, %.role, %.after_seq, %.after_ordinal, %.joined_at, %.delivered_seq, "
    "%.delivered_at, %.read_seq, %.read_at";
inline constexpr int member_column_count = 9;

/// What users say of themselves goes before what tokens say.
inline constexpr std::string_view profile_columns =
    "COALESCE(%.own_first_name, %.first_name), COALESCE(%.own_last_name, %.last_name), "
    "COALESCE(%.own_display_name, %.display_name), COALESCE(%.own_picture_url, %.picture_url)";
/// What tokens, or the registration, say alone.
inline constexpr std::string_view claimed_profile_columns =
    "%.first_name, %.last_name, %.display_name, %.picture_url";

/// "SELECT content, columns" for one alias. @param content with `%` for the alias
auto select_entries(std::string_view content, std::string_view alias) -> std::string;

/// `columns` with every `%` replaced by `alias`.
auto with_alias(std::string_view columns, std::string_view alias) -> std::string;

/// Each reads its columns from `column` on.
auto read_entry(const row& from, int column = 0) -> chat::entry;
auto read_info(const row& from, int column = 0) -> chat::conversation_info;
auto read_member(const row& from, int column = 0) -> chat::member;
auto read_profile(const row& from, int column, chat::user_id user) -> chat::profile;

auto read_uuid(const row& from, int column) -> chat::uuid;
inline auto read_number(const row& from, int column) -> std::uint64_t {
  return static_cast<std::uint64_t>(from.integer(column));
}
inline auto read_time(const row& from, int column) -> chat::timestamp {
  return {from.integer(column)};
}
inline auto read_text(const row& from, int column) -> std::string {
  return std::string{from.text(column)};
}
inline auto read_user(const row& from, int column) -> chat::user_id {
  return {read_text(from, column)};
}

/// User ids as one column: joined by '\n', which no user id contains.
auto join_users(const std::vector<chat::user_id>& users) -> std::string;

/// The key of an unordered pair, unique over all two-person conversations: both ids in order.
auto direct_key(const chat::user_id& one, const chat::user_id& other) -> std::string;

}  // namespace parley::storage::sql
