#include "net/codec/bind.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <unordered_set>

#include "chat/limits.hpp"
#include "chat/text.hpp"
#include "net/codec/any_case.hpp"

namespace parley::net::codec {
namespace {

using chat::errc;

constexpr std::size_t max_catch_ups = 100;
constexpr std::size_t max_attachments = 100;  // attachments.per_message may say less

/// Name in any case, or number (C-13).
template <class Enum>
auto is_named(client_value value, Enum wanted) -> bool {
  if (value.is_text()) return equals_in_any_case(value.text(), to_string(wanted));
  return value.number() == static_cast<std::uint64_t>(wanted);
}

auto type_of(client_value value) -> std::optional<chat::conversation_type> {
  using enum chat::conversation_type;
  for (const auto type : {professional_patient, direct, group, channel, lobby})
    if (is_named(value, type)) return type;
  return std::nullopt;
}

/// Days since 1970-01-01 of a civil date.
auto days_of(int year, unsigned month, unsigned day) -> std::int64_t {
  using namespace std::chrono;
  const year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                            std::chrono::day{day}};
  return date.ok() ? sys_days{date}.time_since_epoch().count() : -1;
}

}  // namespace

object_reader::object_reader(client_value value) : value_(value) {
  if (!value.is_object() && !value.is_null()) problem_ = "an object is expected";
}

void object_reader::fail(const std::string& why) {
  if (problem_.empty()) problem_ = why;
}

auto object_reader::required_text(const char* key) -> std::string {
  if (!has(key)) fail(std::string{key} + " is missing");
  return text(key);
}

auto object_reader::text(const char* key) -> std::string {
  const auto found = value_.find(key);
  if (found.is_text()) return found.text();
  if (!found.is_null()) fail(std::string{key} + " must be a string");
  return {};
}

auto object_reader::number(const char* key) -> std::optional<std::uint64_t> {
  const auto found = value_.find(key);
  const auto number = found.number();
  if (!number && !found.is_null())
    fail(std::string{key} + " must be a whole number of at least 0");
  return number;
}

auto object_reader::flag(const char* key) -> bool {
  const auto found = value_.find(key);
  const auto is_set = found.flag();
  if (!is_set && !found.is_null()) fail(std::string{key} + " must be true or false");
  return is_set.value_or(false);
}

auto object_reader::texts(const char* key, std::size_t max) -> std::vector<std::string> {
  const auto list = value_.find(key);
  std::vector<std::string> found;
  if (list.is_null()) return found;
  if (!list.is_list() || list.size() > max) {
    fail(std::string{key} + " must be an array of at most " + std::to_string(max) + " strings");
    return found;
  }
  for (const client_value one : list) {
    if (!one.is_text()) fail(std::string{key} + " must hold strings");
    found.push_back(one.is_text() ? one.text() : std::string{});
  }
  return found;
}

auto conversation_of(const std::string& text) -> chat::conversation_id {
  return chat::conversation_id::parse(text).value_or(chat::conversation_id{});
}

auto message_of(const std::string& text) -> chat::message_id {
  return chat::message_id::parse(text).value_or(chat::message_id{});
}

auto bind_users(client_value value, std::size_t max) -> bound<std::vector<chat::user_id>> {
  if (!value.is_list() || value.size() > max)
    return chat::unexpected{errc::bad_request,
                            "an array of at most " + std::to_string(max) + " user ids is expected"};
  std::vector<chat::user_id> users;
  for (const client_value one : value) {
    if (!one.is_text() || !chat::is_visible_ascii_id(one.text()))
      return chat::unexpected{errc::bad_request, "a user id is not valid"};
    users.push_back({one.text()});
  }
  return users;
}

auto bind_post_in(chat::conversation_id where, client_value value) -> bound<chat::post> {
  object_reader read{value};
  chat::post what;
  what.conversation = where;
  what.content = read.text("content");
  what.client_message_id = read.text("clientMessageId");
  if (read.has("clientMessageId") && !chat::is_visible_ascii_id(what.client_message_id))
    read.fail("clientMessageId must be 1 to 64 visible ASCII characters");
  if (read.has("replyTo")) {
    const auto reply_to = chat::message_id::parse(read.text("replyTo"));
    if (!reply_to) read.fail("replyTo must be a message id");
    what.reply_to = reply_to.value_or(chat::message_id{});
  }
  for (const auto& text : read.texts("attachmentIds", max_attachments)) {
    const auto id = chat::parse_uuid(text);
    if (!id) read.fail("attachmentIds must hold attachment ids");
    const auto& known = what.attachments;
    if (id && std::find(known.begin(), known.end(), *id) != known.end())
      read.fail("attachmentIds must not name a file twice");
    what.attachments.push_back(id.value_or(chat::uuid{}));
  }
  return read.finish(std::move(what));
}

auto bind_post(client_value value) -> bound<chat::post> {
  object_reader read{value};
  const auto where = conversation_of(read.required_text("conversationId"));
  if (read.failed()) return read.finish(chat::post{});
  return bind_post_in(where, value);
}

auto bind_create_attachment(client_value value) -> bound<chat::create_attachment> {
  object_reader read{value};
  chat::create_attachment what;
  what.conversation = conversation_of(read.required_text("conversationId"));
  what.file_name = read.required_text("fileName");
  what.content_type = read.required_text("contentType");
  if (!read.has("size")) read.fail("size is missing");
  what.size = read.number("size").value_or(0);
  for (auto [name, side] : {std::pair{"width", &what.width}, std::pair{"height", &what.height}}) {
    const auto pixels = read.number(name);
    if (pixels && (*pixels < 1 || *pixels > chat::max_image_side))
      read.fail(std::string{name} + " must be 1 to 32767");
    *side = static_cast<std::uint32_t>(pixels.value_or(0));
  }
  if (read.has("width") != read.has("height")) read.fail("give both width and height, or neither");
  return read.finish(std::move(what));
}

auto bind_create(client_value value) -> bound<chat::create_conversation> {
  object_reader read{value};
  chat::create_conversation what;
  what.title = read.text("title");
  what.case_id = read.text("caseId");
  if (read.has("participant1Id") || read.has("participant2Id")) {
    what.type = chat::conversation_type::professional_patient;
    what.caller_must_be_listed = true;
    what.participants = {{read.required_text("participant1Id")},
                         {read.required_text("participant2Id")}};
  } else {
    const auto type = read.has("type") ? type_of(read.value("type")) : std::nullopt;
    if (!type) read.fail("type must be Direct or Group");
    what.type = type.value_or(chat::conversation_type::group);
    for (auto& user : read.texts("participantIds", chat::max_named))
      what.participants.push_back({std::move(user)});
  }
  return read.finish(std::move(what));
}

auto bind_role(client_value value) -> bound<chat::member_role> {
  for (const auto role : {chat::member_role::member, chat::member_role::admin})
    if (is_named(value, role)) return role;
  return chat::unexpected{errc::bad_request, "role must be admin or member"};
}

auto parse_list_mark(const std::string& text) -> std::optional<chat::chat_list_mark> {
  int year = 0, hour = 0, minute = 0, second = 0, millis = 0;
  unsigned month = 0, day = 0;
  std::array<char, 37> id{};
  const int found = std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d.%3dZ|%36s", &year, &month,
                                &day, &hour, &minute, &second, &millis, id.data());
  const auto parsed = chat::conversation_id::parse(id.data());
  const auto days = days_of(year, month, day);
  if (found != 8 || !parsed || days < 0) return std::nullopt;
  const auto seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
  const chat::timestamp at{seconds * 1000 + millis};
  // A row's mark is written in one way only.
  if (text.substr(0, text.find('|')) != chat::to_iso8601(at) || text.size() != 24 + 1 + 36)
    return std::nullopt;
  return chat::chat_list_mark{at, *parsed};
}

auto bind_list(client_value value) -> bound<chat::list_conversations> {
  object_reader read{value};
  chat::list_conversations what;
  const auto limit = read.number("limit").value_or(50);
  if (limit < 1 || limit > chat::max_page) read.fail("limit must be 1 to 200");
  what.limit = static_cast<std::size_t>(limit);
  if (read.has("before")) {
    what.before = parse_list_mark(read.text("before"));
    if (!what.before) read.fail("before must be \"<lastActivityAt>|<id>\" of a row");
  }
  return read.finish(std::move(what));
}

auto bind_stretch(client_value value) -> bound<chat::read_stretch> {
  object_reader read{value};
  const auto where = conversation_of(read.required_text("conversationId"));
  if (read.failed()) return read.finish(chat::read_stretch{});
  return bind_stretch_in(where, value);
}

auto bind_stretch_in(chat::conversation_id where, client_value value) -> bound<chat::read_stretch> {
  object_reader read{value};
  chat::read_stretch what;
  what.conversation = where;
  what.before = read.number("before").value_or(0);
  what.after_given = read.has("after");
  what.after = read.number("after").value_or(0);
  what.around = read.number("around").value_or(0);
  what.limit = read.number("limit").value_or(50);
  if (read.has("before") + read.has("after") + read.has("around") + read.has("aroundId") > 1)
    read.fail("give one of before, after, around and aroundId");
  // An id that is no GUID cannot exist: it is answered like one that does not.
  if (read.has("aroundId"))
    what.around_id = chat::message_id::parse(read.text("aroundId")).value_or(chat::message_id{chat::uuid{{0xff}}});
  if ((read.has("before") && what.before == 0) || (read.has("around") && what.around == 0))
    read.fail("before and around must be at least 1");
  what.with_changes = read.flag("changes");
  if (what.limit < 1 || what.limit > chat::max_page) read.fail("limit must be 1 to 200");
  return read.finish(std::move(what));
}

auto bind_history_walk(client_value value) -> bound<history_walk> {
  object_reader read{value};
  history_walk what;
  what.conversation = conversation_of(read.required_text("conversationId"));
  what.descending = read.has("before");
  what.from = read.number(what.descending ? "before" : "after").value_or(0);
  what.limit = read.number("limit").value_or(0);
  if (read.has("before") && read.has("after")) read.fail("give one of before and after");
  if (read.has("around")) read.fail("a stream goes one way: give before or after");
  if (what.descending && what.from == 0) read.fail("before must be at least 1");
  if (read.has("limit") && what.limit == 0) read.fail("limit must be at least 1");
  return read.finish(what);
}

auto bind_catch_up(client_value value) -> bound<chat::catch_up_all> {
  if (!value.is_list() || value.size() > max_catch_ups)
    return chat::unexpected{errc::bad_request, "an array of at most 100 positions is expected"};
  chat::catch_up_all what;
  std::unordered_set<chat::conversation_id> named;
  for (const client_value one : value) {
    object_reader read{one};
    chat::catch_up position;
    position.conversation = conversation_of(read.required_text("conversationId"));
    if (!read.has("afterSeq")) read.fail("afterSeq is missing");
    position.after_seq = read.number("afterSeq").value_or(0);
    if (read.has("afterId"))
      position.after_id = chat::parse_uuid(read.text("afterId")).value_or(chat::uuid{{0xff}});
    auto bound_one = read.finish(position);
    if (!bound_one) return chat::unexpected{bound_one.error()};
    if (!position.conversation.is_nil() && !named.insert(position.conversation).second)
      return chat::unexpected{errc::bad_request, "a conversation is named twice"};
    what.conversations.push_back(*bound_one);
  }
  return what;
}

}  // namespace parley::net::codec
