#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "chat/entry.hpp"
#include "chat/errors.hpp"

/// What clients ask, as plain values. Each command names what it answers as `result_type`; a
/// refusal is an `error`. Commands that concern one conversation are decided by its actor, the
/// others by the one named in actors/session.hpp.
namespace parley::chat {

/// Who asks. Made by the session from its token; never from what a client writes.
struct caller {
  user_id user;
  std::string display_name;
  std::uint16_t network = 0;     ///< which network actor owns the connection
  std::uint64_t connection = 0;  ///< its key there; 0: a REST request
};

struct done {};

// -- sending ----------------------------------------------------------------------------------

struct posted {
  message_id id;
  std::uint64_t seq = 0;
  timestamp created_at;
};

/// `Send` and its kin. Content: see check_text; ids: is_visible_ascii_id or empty.
struct post {
  using result_type = posted;
  conversation_id conversation;
  std::string content;
  std::string client_message_id;
  message_id reply_to;
  std::vector<uuid> attachments;
};

/// Where the bytes of an announced attachment go.
struct created_attachment {
  uuid id;
  std::string upload_url;  ///< for a PUT of exactly the announced bytes
};

/// Announces a file that the caller will upload and then name in one post of this conversation.
struct create_attachment {
  using result_type = created_attachment;
  conversation_id conversation;
  std::string file_name;
  std::string content_type;
  std::uint64_t size = 0;  ///< bytes
  std::uint32_t width = 0;   ///< of an image: both 1..max_image_side, or both 0
  std::uint32_t height = 0;
};

struct edit_message {
  using result_type = done;
  message_id message;
  std::string content;
};

struct delete_message {
  using result_type = done;
  message_id message;
};

// -- live state -------------------------------------------------------------------------------

struct join {
  using result_type = done;
  conversation_id conversation;
};

/// JoinConversations: many at once, each for itself.
struct joined {
  conversation_id conversation;
  errc refused = errc::none;
};
struct join_all {
  using result_type = std::vector<joined>;  ///< in the order asked
  std::vector<conversation_id> conversations;
};

struct leave_live {  ///< LeaveConversation: stop hearing; membership stays
  using result_type = done;
  conversation_id conversation;
};

struct typing {
  using result_type = done;
  conversation_id conversation;
  bool active = false;
};

/// MarkRead and MarkDelivered. up_to_seq 0: everything so far.
struct mark {
  using result_type = done;
  conversation_id conversation;
  message_status status = message_status::read;
  std::uint64_t up_to_seq = 0;
};

// -- conversations ----------------------------------------------------------------------------

struct created_conversation {
  conversation_id id;
};

struct create_conversation {
  using result_type = created_conversation;
  conversation_type type = conversation_type::group;
  std::vector<user_id> participants;
  std::string title;
  std::string case_id;
  bool caller_must_be_listed = false;  ///< the guide's form, R-088
};

struct add_participants {
  using result_type = created_conversation;
  conversation_id conversation;
  std::vector<user_id> users;
};

struct remove_participant {  ///< the caller itself, or an empty id: leaves
  using result_type = done;
  conversation_id conversation;
  user_id user;
};

struct rename {
  using result_type = done;
  conversation_id conversation;
  std::string title;
};

/// Gives a member the role of an admin or takes it back.
struct set_role {
  using result_type = done;
  conversation_id conversation;
  user_id user;  ///< empty: the caller itself
  member_role role = member_role::member;
};

// -- classic clients (S0, S1) ------------------------------------------------------------------

/// SendMessage: to everybody in the lobby.
struct post_to_lobby {
  using result_type = done;
  std::string shown_name;  ///< believed of guests only (C-03b)
  std::string content;
};

/// SendPrivateMessage: to the one conversation with this user, made if need be.
struct post_to_user {
  using result_type = done;
  user_id user;
  std::string content;
};

/// JoinGroup: makes or enters the open group of this name, and joins it.
struct join_group {
  using result_type = done;
  std::string name;
};

struct post_to_group {
  using result_type = done;
  std::string name;
  std::string content;
};

/// RegisterUser: takes what waited while the user was away, oldest first.
struct take_pending {
  using result_type = std::vector<entry>;
  std::string name;  ///< display name or user id of the caller, or a guest's choice
};

/// A conversation's part of it: moves the delivered cursor and says where it stood.
struct claim_delivered {
  using result_type = std::uint64_t;
  conversation_id conversation;
  std::uint64_t up_to_seq = 0;
};

/// A conversation's part of JoinGroup.
struct enter {
  using result_type = created_conversation;
  conversation_id conversation;
};

// -- reading ----------------------------------------------------------------------------------

/// A message with its receipts, as history shows it.
struct message_view {
  entry message;
  message_status status = message_status::sent;
  timestamp delivered_at;
  timestamp read_at;
};

/// Numbered pages, page 1 the newest.
struct page {
  std::vector<message_view> messages;
  std::uint64_t number = 1;
  std::uint64_t size = 50;
  std::uint64_t total = 0;
};

struct read_page {
  using result_type = page;
  conversation_id conversation;
  std::uint64_t number = 1;
  std::uint64_t size = 50;
};

struct stretch {
  std::vector<message_view> messages;
  bool has_more = false;
  bool tells_changes = false;
  conversation_info info = {};      ///< for the changes
  std::vector<entry> changes = {};  ///< of members, roles and title among these messages
  bool are_changes_complete = true;
};

/// GetMessages. At most one of the three seqs and the id is given; 0 and nil are not given.
struct read_stretch {
  using result_type = stretch;
  conversation_id conversation;
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  bool after_given = false;  ///< after = 0 means "from the start" when given
  std::uint64_t around = 0;
  std::uint64_t limit = 50;
  message_id around_id = {};
  bool with_changes = false;
};

struct member_cursors {
  user_id user;
  chat::cursors cursors;
};

/// One conversation's answer to CatchUp.
struct caught_up {
  conversation_id conversation;
  bool recovered = false;
  conversation_info info;
  std::vector<entry> entries;  ///< every kind, ascending by seq
  std::vector<member_cursors> cursors;
  std::uint64_t last_seq = 0;
};

struct catch_up {
  using result_type = caught_up;
  conversation_id conversation;
  std::uint64_t after_seq = 0;
  uuid after_id;  ///< nil: not given
};

struct catch_up_all {
  using result_type = std::vector<caught_up>;
  std::vector<catch_up> conversations;
};

struct presence_of {
  user_id user;
  bool online = false;
  timestamp last_seen_at;
};

struct get_presence {
  using result_type = std::vector<presence_of>;
  std::vector<user_id> users;
};

// -- serialization between nodes --------------------------------------------------------------

#define PARLEY_INSPECT(type, ...)          \
  template <class Inspector>               \
  auto inspect(Inspector& f, type& x) {    \
    return f(__VA_ARGS__);                 \
  }

PARLEY_INSPECT(caller, x.user, x.display_name, x.network, x.connection)
template <class Inspector>
auto inspect(Inspector& f, done&) {
  return f();
}
PARLEY_INSPECT(posted, x.id, x.seq, x.created_at)
PARLEY_INSPECT(post, x.conversation, x.content, x.client_message_id, x.reply_to, x.attachments)
PARLEY_INSPECT(created_attachment, x.id, x.upload_url)
PARLEY_INSPECT(create_attachment, x.conversation, x.file_name, x.content_type, x.size, x.width, x.height)
PARLEY_INSPECT(edit_message, x.message, x.content)
PARLEY_INSPECT(delete_message, x.message)
PARLEY_INSPECT(join, x.conversation)
PARLEY_INSPECT(leave_live, x.conversation)
PARLEY_INSPECT(typing, x.conversation, x.active)
PARLEY_INSPECT(mark, x.conversation, x.status, x.up_to_seq)
PARLEY_INSPECT(created_conversation, x.id)
PARLEY_INSPECT(create_conversation, x.type, x.participants, x.title, x.case_id,
               x.caller_must_be_listed)
PARLEY_INSPECT(add_participants, x.conversation, x.users)
PARLEY_INSPECT(remove_participant, x.conversation, x.user)
PARLEY_INSPECT(rename, x.conversation, x.title)
PARLEY_INSPECT(set_role, x.conversation, x.user, x.role)
PARLEY_INSPECT(message_view, x.message, x.status, x.delivered_at, x.read_at)
PARLEY_INSPECT(page, x.messages, x.number, x.size, x.total)
PARLEY_INSPECT(read_page, x.conversation, x.number, x.size)
PARLEY_INSPECT(stretch, x.messages, x.has_more, x.tells_changes, x.info, x.changes,
               x.are_changes_complete)
PARLEY_INSPECT(read_stretch, x.conversation, x.before, x.after, x.after_given, x.around, x.limit,
               x.around_id, x.with_changes)
PARLEY_INSPECT(member_cursors, x.user, x.cursors)
PARLEY_INSPECT(conversation_info, x.id, x.type, x.participant1, x.participant2, x.title, x.case_id,
               x.name, x.created_by, x.created_at)
PARLEY_INSPECT(caught_up, x.conversation, x.recovered, x.info, x.entries, x.cursors, x.last_seq)
PARLEY_INSPECT(catch_up, x.conversation, x.after_seq, x.after_id)
PARLEY_INSPECT(catch_up_all, x.conversations)
PARLEY_INSPECT(presence_of, x.user, x.online, x.last_seen_at)
PARLEY_INSPECT(get_presence, x.users)

PARLEY_INSPECT(post_to_lobby, x.shown_name, x.content)
PARLEY_INSPECT(post_to_user, x.user, x.content)
PARLEY_INSPECT(join_group, x.name)
PARLEY_INSPECT(post_to_group, x.name, x.content)
PARLEY_INSPECT(take_pending, x.name)
PARLEY_INSPECT(claim_delivered, x.conversation, x.up_to_seq)
PARLEY_INSPECT(enter, x.conversation)

#undef PARLEY_INSPECT

}  // namespace parley::chat
