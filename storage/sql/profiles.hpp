#pragma once

#include <map>
#include <span>
#include <vector>

#include "chat/entry.hpp"
#include "storage/sql/connection.hpp"

/// Rows of `users`, many at a time. All throw `failure`.
namespace parley::storage::sql {

/// Makes an empty profile for each of `users` that nobody has heard of yet. They are put in order
/// first, so that two transactions lock them in the same one.
void insert_stubs(connection& db, std::vector<chat::user_id> users);

/// The profiles that exist among `users`.
auto read_profiles(connection& db, std::span<const chat::user_id> users)
    -> std::map<chat::user_id, chat::profile>;

/// When those that exist among `users` were last seen; 0: never.
auto read_last_seen(connection& db, std::span<const chat::user_id> users)
    -> std::map<chat::user_id, chat::timestamp>;

}  // namespace parley::storage::sql
