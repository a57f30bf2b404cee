#pragma once

#include "net/codec/bind.hpp"

/// Binders of what concerns people and administrators.
namespace parley::net::codec {

/// {firstName?, lastName?, displayName?, profilePictureUrl?}: missing leaves, null clears.
/// The URL is http or https with a host and without credentials, at most 1,024 bytes (RFC 3986).
auto bind_profile(client_value value) -> bound<chat::update_me>;

/// {query, limit?}
auto bind_search(client_value value) -> bound<chat::search_users>;

/// {userName}
auto bind_find_person(client_value value) -> bound<chat::find_person>;
/// A list of 1 to 200 user ids
auto bind_people(client_value value) -> bound<chat::get_people>;

/// {before?, limit?}
auto bind_dead_letters(client_value value) -> bound<chat::list_dead_letters>;

}  // namespace parley::net::codec
