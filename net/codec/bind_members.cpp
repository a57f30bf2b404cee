#include <charconv>
#include <unordered_set>

#include "chat/limits.hpp"
#include "net/codec/bind.hpp"

namespace parley::net::codec {
namespace {

/// "<joinedAt in ms>|<user id>", as a page tells it; clients hand it back unread.
auto parse_mark(const std::string& text) -> std::optional<chat::member_mark> {
  chat::member_mark mark;
  const auto* const end = text.data() + text.size();
  const auto [bar, failed] = std::from_chars(text.data(), end, mark.joined_at.ms);
  if (failed != std::errc{} || bar == end || *bar != '|') return std::nullopt;
  mark.user.value.assign(bar + 1, end);
  if (mark.joined_at.ms < 0 || !chat::is_visible_ascii_id(mark.user.value)) return std::nullopt;
  return mark;
}

}  // namespace

auto bind_members_in(chat::conversation_id where, client_value value)
    -> bound<chat::list_members> {
  object_reader read{value};
  chat::list_members what{where, {}, chat::max_page};
  if (read.has("after")) {
    const auto mark = parse_mark(read.text("after"));
    if (!mark) read.fail("after must be the next of a page");
    what.after = mark.value_or(chat::member_mark{});
  }
  const auto limit = read.number("limit").value_or(chat::max_page);
  if (limit < 1 || limit > chat::max_page) read.fail("limit must be 1 to 200");
  what.limit = static_cast<std::size_t>(limit);
  return read.finish(std::move(what));
}

auto bind_join_all(client_value value) -> bound<chat::join_all> {
  constexpr std::size_t most = 100;
  if (!value.is_list() || value.size() > most)
    return chat::unexpected{chat::errc::bad_request, "an array of at most 100 conversation ids is expected"};
  chat::join_all what;
  std::unordered_set<chat::conversation_id> named;
  for (const client_value one : value) {
    if (!one.is_text())
      return chat::unexpected{chat::errc::bad_request, "conversation ids are strings"};
    what.conversations.push_back(conversation_of(one.text()));
    const auto& id = what.conversations.back();
    if (!id.is_nil() && !named.insert(id).second)
      return chat::unexpected{chat::errc::bad_request, "a conversation is named twice"};
  }
  return what;
}

auto bind_members(client_value value) -> bound<chat::list_members> {
  object_reader read{value};
  const auto where = conversation_of(read.required_text("conversationId"));
  if (read.failed()) return read.finish(chat::list_members{});
  return bind_members_in(where, value);
}

}  // namespace parley::net::codec
