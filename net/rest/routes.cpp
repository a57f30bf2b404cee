#include "net/rest/routes.hpp"

#include <algorithm>
#include <charconv>

#include "net/codec/bind.hpp"
#include "net/rest/people_routes.hpp"

namespace parley::net::rest {
namespace {

using chat::errc;
using chat::request;
using codec::conversation_of;
template <class T>
using bound = chat::expected<T>;

constexpr std::uint64_t max_page = 200;

auto hex_value(char c) -> int {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

auto percent_decode(std::string_view text, bool plus_is_space) -> std::string {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                        hex_value(text[i + 2]) >= 0;
    if (escape) {
      decoded.push_back(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
      i += 2;
    } else {
      decoded.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return decoded;
}

auto split(std::string_view path) -> std::vector<std::string_view> {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const auto slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return parts;
}

/// A whole number from the query. Missing: `fallback`. Anything else: bad_request.
auto number(const call& from, const char* name, std::uint64_t fallback) -> bound<std::uint64_t> {
  const auto at = from.query.find(name);
  if (at == from.query.end()) return fallback;
  const auto& text = at->second;
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size())
    return chat::unexpected{errc::bad_request, std::string{name} + " must be a whole number"};
  return value;
}

template <class Command>
auto as_request(bound<Command> command) -> bound<request> {
  if (!command) return chat::unexpected{command.error()};
  return request{std::move(*command)};
}

auto refuse(const char* why) { return chat::unexpected{errc::bad_request, why}; }

}  // namespace

auto query_object(const call& from, std::initializer_list<const char*> numbers) -> bound<json> {
  auto object = json::object();
  for (const auto* name : numbers) {
    if (!from.query.contains(name)) continue;
    const auto value = number(from, name, 0);
    if (!value) return chat::unexpected{value.error()};
    object[name] = *value;
  }
  return object;
}

namespace {

auto bind_list(const call& from) -> bound<request> {
  if (from.query.empty()) return request{chat::list_conversations{}};
  auto object = query_object(from, {"limit"});
  if (!object) return chat::unexpected{object.error()};
  if (const auto before = from.query.find("before"); before != from.query.end())
    (*object)["before"] = before->second;
  return as_request(codec::bind_list(*object));
}

auto bind_messages(const call& from) -> bound<request> {
  const bool by_seq = from.query.contains("before") || from.query.contains("after") ||
                      from.query.contains("around") || from.query.contains("limit");
  if (by_seq) {
    auto object = query_object(from, {"before", "after", "around", "limit"});
    if (!object) return chat::unexpected{object.error()};
    (*object)["conversationId"] = from.path[0];
    return as_request(codec::bind_stretch(*object));
  }
  const auto page = number(from, "pageNumber", 1);
  if (!page) return chat::unexpected{page.error()};
  const auto size = number(from, "pageSize", 50);
  if (!size) return chat::unexpected{size.error()};
  if (*page < 1) return refuse("pageNumber must be at least 1");
  if (*size < 1 || *size > max_page) return refuse("pageSize must be 1 to 200");
  return request{chat::read_page{conversation_of(from.path[0]), *page, *size}};
}

auto bind_send(const call& from) -> bound<request> {
  auto what = codec::bind_post_in(conversation_of(from.path[0]), from.body);
  if (!what) return chat::unexpected{what.error()};
  if (!from.idempotency_key.empty() && what->client_message_id.empty())
    what->client_message_id = from.idempotency_key;
  if (!what->client_message_id.empty() && !chat::is_visible_ascii_id(what->client_message_id))
    return refuse("Idempotency-Key must be 1 to 64 visible ASCII characters");
  return request{std::move(*what)};
}

auto bind_mark(chat::message_status status) {
  return [status](const call& from) -> bound<request> {
    codec::object_reader read{from.body};
    const auto up_to = read.number("upToSeq").value_or(0);
    return as_request(
        read.finish(chat::mark{conversation_of(from.path[0]), status, up_to}));
  };
}

auto bind_edit(const call& from) -> bound<request> {
  codec::object_reader read{from.body};
  chat::edit_message what{codec::message_of(from.path[0]), read.required_text("content")};
  return as_request(read.finish(std::move(what)));
}

auto bind_add(const call& from) -> bound<request> {
  codec::object_reader read{from.body};
  if (read.failed() || !read.has("userIds")) return refuse("userIds is missing");
  auto users = codec::bind_users(from.body["userIds"], 5'000);
  if (!users) return chat::unexpected{users.error()};
  return request{chat::add_participants{conversation_of(from.path[0]), std::move(*users)}};
}

auto bind_remove(const call& from) -> bound<request> {
  chat::remove_participant what{conversation_of(from.path[0]), {from.path[1]}};
  if (!chat::is_visible_ascii_id(what.user.value)) return refuse("a user id is not valid");
  if (what.user.value == "me") what.user = {};
  return request{std::move(what)};
}

auto bind_set_role(const call& from) -> bound<request> {
  codec::object_reader read{from.body};
  if (read.failed()) return refuse("an object is expected");
  const auto role = codec::bind_role(read.value("role"));
  if (!role) return chat::unexpected{role.error()};
  chat::set_role what{conversation_of(from.path[0]), {from.path[1]}, *role};
  if (what.user.value == "me") what.user = {};
  return request{std::move(what)};
}

auto bind_rename(const call& from) -> bound<request> {
  codec::object_reader read{from.body};
  chat::rename what{conversation_of(from.path[0]), read.required_text("title")};
  return as_request(read.finish(std::move(what)));
}

auto bind_presence(const call& from) -> bound<request> {
  const auto at = from.query.find("userIds");
  auto list = json::array();
  std::string_view rest = at == from.query.end() ? std::string_view{} : at->second;
  while (!rest.empty()) {
    const auto comma = std::min(rest.find(','), rest.size());
    if (comma > 0) list.push_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  auto users = codec::bind_users(list, 200);
  if (!users) return chat::unexpected{users.error()};
  return request{chat::get_presence{std::move(*users)}};
}

auto bind_register(const call& from) -> bound<request> {
  codec::object_reader read{from.body};
  chat::register_account what{read.required_text("userName"), read.required_text("password"),
                              read.text("firstName"), read.text("lastName")};
  return as_request(read.finish(std::move(what)));
}

auto bind_sign_in(const call& from) -> bound<request> {
  codec::object_reader read{from.body};
  chat::sign_in what{read.required_text("userName"), read.required_text("password")};
  return as_request(read.finish(std::move(what)));
}

}  // namespace

namespace {

auto messaging_routes() -> std::vector<route> {
  using chat::message_status;
  return {
      {verb::post, "/messaging/conversations",
       [](const call& c) { return as_request(codec::bind_create(c.body)); }},
      {verb::get, "/messaging/conversations", bind_list},
      {verb::patch, "/messaging/conversations/{}", bind_rename},
      {verb::get, "/messaging/conversations/{}/messages", bind_messages},
      {verb::post, "/messaging/conversations/{}/messages", bind_send},
      {verb::post, "/messaging/conversations/{}/messages/read", bind_mark(message_status::read)},
      {verb::post, "/messaging/conversations/{}/messages/delivered",
       bind_mark(message_status::delivered)},
      {verb::post, "/messaging/conversations/{}/participants", bind_add},
      {verb::delete_, "/messaging/conversations/{}/participants/{}", bind_remove},
      {verb::patch, "/messaging/conversations/{}/participants/{}", bind_set_role},
      {verb::patch, "/messaging/messages/{}", bind_edit},
      {verb::delete_, "/messaging/messages/{}",
       [](const call& c) -> bound<request> {
         return request{chat::delete_message{codec::message_of(c.path[0])}};
       }},
      {verb::post, "/messaging/attachments",
       [](const call& c) { return as_request(codec::bind_create_attachment(c.body)); }},
      {verb::get, "/messaging/presence", bind_presence},
      {verb::post, "/messaging/catch-up",
       [](const call& c) { return as_request(codec::bind_catch_up(c.body)); }},
      {verb::post, "/auth/register", bind_register, false, 201},
      {verb::post, "/auth/token", bind_sign_in, false},
  };
}

}  // namespace

auto routes() -> const std::vector<route>& {
  static const auto table = [] {
    auto all = messaging_routes();
    std::ranges::move(people_routes(), std::back_inserter(all));
    return all;
  }();
  return table;
}

namespace {

auto fits(const std::vector<std::string_view>& pattern, const std::vector<std::string_view>& given)
    -> bool {
  return std::equal(pattern.begin(), pattern.end(), given.begin(), given.end(),
                    [](auto wanted, auto part) {
                      return wanted == part || (wanted == "{}" && !part.empty());
                    });
}

/// Takes "by-case/{caseId}" for the conversation's id. @returns the case, "" when there is none
auto take_case(std::vector<std::string_view>& parts) -> std::string {
  constexpr std::size_t id_at = 3;  // "", "messaging", "conversations", "by-case", caseId
  if (parts.size() <= id_at + 1 || parts[2] != "conversations" || parts[id_at] != "by-case")
    return {};
  auto case_id = percent_decode(parts[id_at + 1], false);
  parts.erase(parts.begin() + id_at);
  return case_id;
}

}  // namespace

auto find_route(verb method, std::string_view path) -> match {
  match result;
  auto parts = split(path);
  result.case_id = take_case(parts);
  for (const auto& candidate : routes()) {
    const auto wanted = split(candidate.pattern);
    if (!fits(wanted, parts)) continue;
    result.allowed.push_back(candidate.method);
    if (candidate.method == verb::get) result.allowed.push_back(verb::head);
    if (candidate.method != (method == verb::head ? verb::get : method)) continue;
    result.found = &candidate;
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (wanted[i] == "{}") result.path.push_back(percent_decode(parts[i], false));
  }
  return result;
}

auto query_fields(std::string_view query) -> std::vector<std::pair<std::string, std::string>> {
  std::vector<std::pair<std::string, std::string>> found;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = pair.substr(std::min(equals + 1, pair.size()));
    if (equals > 0)
      found.emplace_back(percent_decode(pair.substr(0, equals), true), percent_decode(value, true));
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return found;
}

auto parse_query(std::string_view query) -> std::unordered_map<std::string, std::string> {
  std::unordered_map<std::string, std::string> found;
  for (auto& [name, value] : query_fields(query)) found.emplace(std::move(name), std::move(value));
  return found;
}

}  // namespace parley::net::rest
