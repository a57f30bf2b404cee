#pragma once

#include <map>
#include <span>
#include <vector>

#include "chat/people.hpp"
#include "storage/sql/connection.hpp"

/// Rows of `users`, many at a time. All throw `failure`.
namespace parley::storage::sql {

/// Makes an empty profile for each of `users` that nobody has heard of yet. They are put in order
/// first, so that two transactions lock them in the same one.
void insert_stubs(connection& db, std::vector<chat::user_id> users);

/// The profiles that exist among `users`.
auto read_profiles(connection& db, std::span<const chat::user_id> users)
    -> std::map<chat::user_id, chat::profile>;

/// Brings the names under which these users are found in line with their profiles. Part of a
/// transaction that has written them.
void refresh_names(connection& db, std::span<const chat::user_id> users);

/// Of a block: the cursors it holds (chat::block::held).
inline constexpr std::string_view held_columns = "delivered_seq, delivered_at, read_seq, read_at";
auto read_held(const row& from, int column) -> chat::cursors;

/// The blocks between `user` and any of `others`, in both directions.
auto read_blocks(connection& db, const chat::user_id& user, std::span<const chat::user_id> others)
    -> std::vector<chat::block>;

/// When those that exist among `users` were last seen; 0: never.
auto read_last_seen(connection& db, std::span<const chat::user_id> users)
    -> std::map<chat::user_id, chat::timestamp>;

}  // namespace parley::storage::sql
