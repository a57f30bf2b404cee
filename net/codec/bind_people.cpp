#include "net/codec/bind_people.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "chat/limits.hpp"
#include "chat/text.hpp"

namespace parley::net::codec {
namespace {

constexpr std::size_t max_url_bytes = 1'024;
constexpr std::size_t max_query_units = 64;
constexpr std::uint64_t max_found = 50;
constexpr std::uint64_t max_letters = 200;

auto is_web_address(const std::string& text) -> bool {
  namespace urls = boost::urls;
  const auto parsed = urls::parse_uri(text);
  if (!parsed) return false;
  const auto scheme = parsed->scheme_id();
  return (scheme == urls::scheme::http || scheme == urls::scheme::https) &&
         !parsed->encoded_host().empty() && !parsed->has_userinfo();
}

/// Missing: nothing. null: "".
auto edit_of(object_reader& read, const char* key) -> std::optional<std::string> {
  if (!read.names(key)) return std::nullopt;
  auto text = read.text(key);
  if (read.has(key) && text.empty())
    read.fail(std::string{key} + " must not be empty; null clears it");
  return text;
}

}  // namespace

auto bind_profile(client_value value) -> bound<chat::update_me> {
  object_reader read{value};
  if (!value.is_object()) read.fail("an object is expected");
  chat::update_me made;
  auto& what = made.what;
  what.first_name = edit_of(read, "firstName");
  what.last_name = edit_of(read, "lastName");
  what.display_name = edit_of(read, "displayName");
  what.picture_url = edit_of(read, "profilePictureUrl");
  const auto& url = what.picture_url;
  if (url && !url->empty() && (url->size() > max_url_bytes || !is_web_address(*url)))
    read.fail("profilePictureUrl must be an http or https URL of at most 1024 bytes");
  return read.finish(std::move(made));
}

auto bind_search(client_value value) -> bound<chat::search_users> {
  object_reader read{value};
  chat::search_users what;
  what.query = read.required_text("query");
  const bool is_sane = !what.query.empty() && chat::check_text(what.query, max_query_units);
  if (!is_sane) read.fail("query must have 1 to 64 UTF-16 units");
  const auto limit = read.number("limit").value_or(what.limit);
  if (limit < 1 || limit > max_found) read.fail("limit must be 1 to 50");
  what.limit = static_cast<std::size_t>(limit);
  return read.finish(std::move(what));
}

auto bind_find_person(client_value value) -> bound<chat::find_person> {
  object_reader read{value};
  chat::find_person what{read.required_text("userName")};
  const bool is_sane = !what.user_name.empty() && chat::check_text(what.user_name, max_query_units);
  if (!is_sane) read.fail("userName must have 1 to 64 UTF-16 units");
  return read.finish(std::move(what));
}

auto bind_people(client_value value) -> bound<chat::get_people> {
  auto users = bind_users(value, chat::max_people);
  if (!users) return chat::unexpected{users.error()};
  if (users->empty()) return chat::unexpected{chat::errc::bad_request, "ids must hold user ids"};
  return chat::get_people{std::move(*users)};
}

auto bind_dead_letters(client_value value) -> bound<chat::list_dead_letters> {
  object_reader read{value};
  chat::list_dead_letters what;
  if (read.has("before")) {
    const auto before = chat::message_id::parse(read.text("before"));
    if (!before) read.fail("before must be the id of a dead letter");
    what.before = before.value_or(chat::message_id{});
  }
  const auto limit = read.number("limit").value_or(what.limit);
  if (limit < 1 || limit > max_letters) read.fail("limit must be 1 to 200");
  what.limit = static_cast<std::size_t>(limit);
  return read.finish(std::move(what));
}

}  // namespace parley::net::codec
