#include "net/rest/routes.hpp"

#include <algorithm>

#include "chat/limits.hpp"
#include "net/codec/bind.hpp"
#include "net/rest/account_routes.hpp"
#include "net/rest/invite_routes.hpp"
#include "net/rest/people_routes.hpp"

namespace parley::net::rest {
namespace {

using chat::errc;
using chat::request;
using codec::conversation_of;
template <class T>
using bound = chat::expected<T>;

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

template <class Command>
auto as_request(bound<Command> command) -> bound<request> {
  if (!command) return chat::unexpected{command.error()};
  return request{std::move(*command)};
}

auto refuse(const char* why) { return chat::unexpected{errc::bad_request, why}; }

auto bind_list(const call& from) -> bound<request> {
  if (from.query.empty()) return request{chat::list_conversations{}};
  const auto object = query_object(from.query, {"limit"}, {"before"});
  if (!object) return chat::unexpected{object.error()};
  return as_request(codec::bind_list(*object));
}

auto bind_messages(const call& from) -> bound<request> {
  const bool by_seq = from.query.contains("before") || from.query.contains("after") ||
                      from.query.contains("around") || from.query.contains("aroundId") ||
                      from.query.contains("limit") || from.query.contains("changes");
  if (by_seq) {
    auto object = query_object(from.query, {"before", "after", "around", "limit"}, {"aroundId"});
    if (!object) return chat::unexpected{object.error()};
    const auto flagged = query_flag(from.query, "changes", std::move(*object));
    if (!flagged) return chat::unexpected{flagged.error()};
    return as_request(codec::bind_stretch_in(conversation_of(from.path[0]), *flagged));
  }
  const auto page = query_number(from.query, "pageNumber", 1);
  if (!page) return chat::unexpected{page.error()};
  const auto size = query_number(from.query, "pageSize", 50);
  if (!size) return chat::unexpected{size.error()};
  if (*page < 1) return refuse("pageNumber must be at least 1");
  if (*size < 1 || *size > chat::max_page) return refuse("pageSize must be 1 to 200");
  return request{chat::read_page{conversation_of(from.path[0]), *page, *size}};
}

auto bind_members(const call& from) -> bound<request> {
  const auto object = query_object(from.query, {"limit"}, {"after"});
  if (!object) return chat::unexpected{object.error()};
  return as_request(codec::bind_members_in(conversation_of(from.path[0]), *object));
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
  auto users = codec::bind_users(read.value("userIds"), chat::max_named);
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
  const auto list = query_list(from.query, "userIds");
  auto users = codec::bind_users(list, chat::max_people);
  if (!users) return chat::unexpected{users.error()};
  return request{chat::get_presence{std::move(*users)}};
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
      {verb::get, "/messaging/conversations/{}/participants", bind_members},
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
  };
}

}  // namespace

auto routes() -> const std::vector<route>& {
  static const auto table = [] {
    auto all = messaging_routes();
    std::ranges::move(people_routes(), std::back_inserter(all));
    std::ranges::move(account_routes(), std::back_inserter(all));
    std::ranges::move(invite_routes(), std::back_inserter(all));
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

}  // namespace parley::net::rest
