#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chat/request.hpp"
#include "net/codec/client_value.hpp"

/// From a client's JSON to a command. Only the fields named here are read; whatever else an object
/// holds (a senderId, a seq) is ignored. Shared by REST and the hub.
namespace parley::net::codec {

template <class T>
using bound = chat::expected<T>;

/// Reads fields of one object, whose names have any case (client_value). The first thing wrong is
/// kept and reported by `finish`.
class object_reader {
 public:
  /// @param value an object, or null for an empty one
  explicit object_reader(client_value value);

  auto required_text(const char* key) -> std::string;
  auto text(const char* key) -> std::string;  ///< missing or null: ""
  /// A whole number of at least 0. Missing or null: nothing.
  auto number(const char* key) -> std::optional<std::uint64_t>;
  auto flag(const char* key) -> bool;  ///< missing or null: false
  auto texts(const char* key, std::size_t max) -> std::vector<std::string>;
  auto has(const char* key) const -> bool { return !value_.find(key).is_null(); }
  /// Any value; missing: null.
  auto value(const char* key) const -> client_value { return value_.find(key); }
  /// Is the name there, be its value null?
  auto names(const char* key) const -> bool { return value_.contains(key); }
  void fail(const std::string& why);

  template <class T>
  auto finish(T made) const -> bound<T> {
    if (!problem_.empty()) return chat::unexpected{chat::errc::bad_request, problem_};
    return made;
  }
  auto failed() const -> bool { return !problem_.empty(); }

 private:
  client_value value_;
  std::string problem_;
};

/// An id that is no GUID cannot exist: it is answered like one that does not. (nil)
auto conversation_of(const std::string& text) -> chat::conversation_id;
auto message_of(const std::string& text) -> chat::message_id;

auto bind_users(client_value value, std::size_t max) -> bound<std::vector<chat::user_id>>;

/// {conversationId, content, clientMessageId?, replyTo?, attachmentIds?}
auto bind_post(client_value value) -> bound<chat::post>;
/// Everything of the above but the conversation, which the route names.
auto bind_post_in(chat::conversation_id where, client_value value) -> bound<chat::post>;
/// A list of at most 100 conversation ids, none twice
auto bind_join_all(client_value value) -> bound<chat::join_all>;
/// {conversationId, fileName, contentType, size, width?, height?}
auto bind_create_attachment(client_value value) -> bound<chat::create_attachment>;
/// {type, participantIds, title?, caseId?}, or the guide's {participant1Id, participant2Id}
auto bind_create(client_value value) -> bound<chat::create_conversation>;
/// "admin" or "member", in any case, or their numbers (C-13)
auto bind_role(client_value value) -> bound<chat::member_role>;
/// {conversationId, after?, limit?}; `after` is what a page told as `next`
auto bind_members(client_value value) -> bound<chat::list_members>;
/// Everything of the above but the conversation, which the route names.
auto bind_members_in(chat::conversation_id where, client_value value) -> bound<chat::list_members>;
/// {before?, limit?}
auto bind_list(client_value value) -> bound<chat::list_conversations>;
/// {conversationId, before?, after?, around?, aroundId?, limit?, changes?}
auto bind_stretch(client_value value) -> bound<chat::read_stretch>;
/// Everything of the above but the conversation, which the route names.
auto bind_stretch_in(chat::conversation_id where, client_value value) -> bound<chat::read_stretch>;
/// {conversationId, before? or after?, limit?}: a whole conversation, ascending from `after` (0
/// unless given), or descending from `before`. `pages` reads it piece by piece.
struct history_walk {
  chat::conversation_id conversation;
  bool descending = false;
  std::uint64_t from = 0;   ///< the next page begins behind (or, descending, below) this seq
  std::uint64_t limit = 0;  ///< messages in all; 0: no limit
};
auto bind_history_walk(client_value value) -> bound<history_walk>;
/// [{conversationId, afterSeq, afterId?}], at most 100
auto bind_catch_up(client_value value) -> bound<chat::catch_up_all>;
/// "<lastActivityAt>|<id>"
auto parse_list_mark(const std::string& text) -> std::optional<chat::chat_list_mark>;

}  // namespace parley::net::codec
