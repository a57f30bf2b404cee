#include "net/rest/people_routes.hpp"

#include "net/codec/bind_people.hpp"

namespace parley::net::rest {
namespace {

using chat::errc;
using chat::request;
using bound = chat::expected<request>;

template <class Command>
auto as_request(chat::expected<Command> command) -> bound {
  if (!command) return chat::unexpected{command.error()};
  return request{std::move(*command)};
}

/// By the beginning of a name, by a whole user name, or by ids.
auto bind_users(const call& from) -> bound {
  const bool by_name = from.query.contains("userName");
  const bool by_ids = from.query.contains("ids");
  if (by_name + by_ids + from.query.contains("query") > 1)
    return chat::unexpected{errc::bad_request, "give one of query, userName and ids"};
  if (by_ids) return as_request(codec::bind_people(query_list(from.query, "ids")));
  if (by_name) {
    const auto name = query_object(from.query, {}, {"userName"});
    if (!name) return chat::unexpected{name.error()};
    return as_request(codec::bind_find_person(*name));
  }
  const auto object = query_object(from.query, {"limit"}, {"query"});
  if (!object) return chat::unexpected{object.error()};
  return as_request(codec::bind_search(*object));
}

auto bind_block(bool is_blocked) {
  return [is_blocked](const call& from) -> bound {
    const auto& whom = from.path[0];
    if (!chat::is_visible_ascii_id(whom))
      return chat::unexpected{errc::bad_request, "the user id is not valid"};
    return request{chat::set_block{{whom}, is_blocked}};
  };
}

auto bind_letters(const call& from) -> bound {
  const auto object = query_object(from.query, {"limit"}, {"before"});
  if (!object) return chat::unexpected{object.error()};
  return as_request(codec::bind_dead_letters(*object));
}

template <class Command>
auto bind_plain(const call&) -> bound {
  return request{Command{}};
}

template <class Command>
auto bind_letter(const call& from) -> bound {
  return request{Command{codec::message_of(from.path[0])}};
}

}  // namespace

auto people_routes() -> std::vector<route> {
  return {
      {verb::get, "/users/me", bind_plain<chat::get_me>},
      {verb::put, "/users/me",
       [](const call& c) { return as_request(codec::bind_profile(c.body)); }},
      {verb::get, "/users", bind_users},
      {verb::get, "/users/me/blocks", bind_plain<chat::list_blocks>},
      {verb::put, "/users/me/blocks/{}", bind_block(true)},
      {verb::delete_, "/users/me/blocks/{}", bind_block(false)},
      {verb::get, "/admin/dead-letters", bind_letters},
      {verb::get, "/admin/dead-letters/{}", bind_letter<chat::show_dead_letter>},
      {verb::post, "/admin/dead-letters/{}/retry", bind_letter<chat::retry_dead_letter>},
      {verb::delete_, "/admin/dead-letters/{}", bind_letter<chat::drop_dead_letter>},
      {verb::get, "/admin/jobs", bind_plain<chat::list_jobs>},
  };
}

}  // namespace parley::net::rest
