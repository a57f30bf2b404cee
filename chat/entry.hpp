#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chat/attachment.hpp"
#include "chat/ids.hpp"
#include "chat/time.hpp"

namespace parley::chat {

/// What an entry of a conversation's history is. Stored as this number: append only.
enum class entry_kind : std::uint8_t {
  message = 0,
  edited = 1,
  deleted = 2,
  created = 3,   ///< always seq 1
  added = 4,     ///< subjects became members
  removed = 5,   ///< subjects are members no more; actor among them: they left
  role = 6,      ///< subjects[0] got the role named in `content`
  title = 7,     ///< `content` is the new title
};

/// Numbers from the guide; on the wire the name. Append only.
enum class conversation_type : std::uint8_t {
  professional_patient = 0,
  direct = 1,
  group = 2,
  channel = 3,
  lobby = 4,
};

enum class member_role : std::uint8_t { member = 0, admin = 1, owner = 2 };

/// only moves forward.
enum class message_status : std::uint8_t { sent = 0, delivered = 1, read = 2 };

/// True for the two types that have exactly two members and one conversation per pair.
constexpr auto is_two_person(conversation_type type) -> bool {
  return type == conversation_type::professional_patient || type == conversation_type::direct;
}

/// UTF-16 units of a message that replies to it show.
inline constexpr std::size_t quoted_units = 100;

/// What a reply shows of the message it answers, as that is when the reply is shown.
struct quote {
  message_id id;
  std::uint64_t seq = 0;
  user_id sender;
  std::string content;  ///< its beginning; empty: it is deleted, or has files alone
  bool is_deleted = false;

  friend auto operator==(const quote&, const quote&) -> bool = default;
};

/// One numbered row of a conversation's history.
struct entry {
  conversation_id conversation;
  std::uint64_t seq = 0;      ///< dense over all entries, from 1
  std::uint64_t ordinal = 0;  ///< dense over messages, from 1; 0 for every other kind
  entry_kind kind = entry_kind::message;
  message_id id;              ///< the message's id; of another kind, the entry's own
  user_id actor;              ///< the sender, or who did it
  std::string content;        ///< message text; of `edited`, the new text; see entry_kind
  std::string client_message_id;  ///< empty: none given
  std::uint64_t fingerprint = 0;  ///< 48 bits, of the request first accepted (Q-14); other kinds 0
  timestamp created_at;
  message_id reply_to;            ///< nil: none
  std::vector<attachment> attachments;
  message_id target;              ///< `edited` and `deleted`: the message
  std::uint64_t target_seq = 0;
  std::vector<user_id> subjects;  ///< whom a membership entry is about
  timestamp edited_at;            ///< a message's last edit; 0: none
  timestamp deleted_at;           ///< a message's deletion; 0: none
  /// What `reply_to` names, where it is shown and every reader may see it; never stored, and left
  /// behind between nodes.
  std::shared_ptr<const quote> quoted = nullptr;

  friend auto operator==(const entry&, const entry&) -> bool = default;
};

template <class Inspector>
auto inspect(Inspector& f, uuid& x) {
  return f(x.bytes);
}
template <class Inspector>
auto inspect(Inspector& f, entry& x) {
  return f(x.conversation, x.seq, x.ordinal, x.kind, x.id, x.actor, x.content,
           x.client_message_id, x.fingerprint, x.created_at, x.reply_to, x.attachments, x.target,
           x.target_seq, x.subjects, x.edited_at, x.deleted_at);
}

/// How far one member has come; seqs of entries, moved forward only.
struct cursors {
  std::uint64_t delivered_seq = 0;
  timestamp delivered_at;
  std::uint64_t read_seq = 0;
  timestamp read_at;

  friend auto operator==(const cursors&, const cursors&) -> bool = default;

  /// Each goes forward only. @param most  as far as is known: a cursor beyond it is left out
  void advance(const cursors& to, std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
    if (to.delivered_seq > delivered_seq && to.delivered_seq <= most) {
      delivered_seq = to.delivered_seq;
      delivered_at = to.delivered_at;
    }
    if (to.read_seq > read_seq && to.read_seq <= most) {
      read_seq = to.read_seq;
      read_at = to.read_at;
    }
  }
};

/// A member's cursors, to be moved forward.
struct cursor_row {
  conversation_id conversation;
  user_id user;
  chat::cursors cursors;
};

template <class Inspector>
auto inspect(Inspector& f, cursors& x) {
  return f(x.delivered_seq, x.delivered_at, x.read_seq, x.read_at);
}
template <class Inspector>
auto inspect(Inspector& f, cursor_row& x) {
  return f(x.conversation, x.user, x.cursors);
}

/// One participant. It may see entries with seq > after_seq.
struct member {
  user_id user;
  member_role role = member_role::member;
  std::uint64_t after_seq = 0;
  std::uint64_t after_ordinal = 0;  ///< messages up to here are outside its window
  timestamp joined_at;
  chat::cursors cursors;

  friend auto operator==(const member&, const member&) -> bool = default;
};

/// What does not change with each message.
struct conversation_info {
  conversation_id id;
  conversation_type type = conversation_type::group;
  user_id participant1;  ///< two-person conversations only (R-080), as first given
  user_id participant2;
  std::string title;     ///< empty: none
  std::string case_id;   ///< external key, unique; empty: none (R-062)
  std::string name;      ///< of a JoinGroup group, unique; empty: none (Q-26)
  user_id created_by;
  timestamp created_at;

  friend auto operator==(const conversation_info&, const conversation_info&) -> bool = default;
};

/// What people see of a user. Empty fields are unknown and go out as null.
struct profile {
  user_id user;
  std::string first_name;
  std::string last_name;
  std::string display_name;  ///< the `name` claim
  std::string picture_url;

  friend auto operator==(const profile&, const profile&) -> bool = default;
};

template <class Inspector>
auto inspect(Inspector& f, profile& x) {
  return f(x.user, x.first_name, x.last_name, x.display_name, x.picture_url);
}

/// What replies to this message show of it.
auto quote_of(const entry& message) -> quote;

/// Key under which a send is remembered: stable_hash over sender and client_message_id.
auto send_key(const user_id& sender, std::string_view client_message_id) -> std::uint64_t;

/// `name`, else `given_name family_name`, else `sub`.
auto display_name(const profile& who) -> std::string;

/// The names of enums as clients see them: "Sent", "Group", "ProfessionalPatient", "owner".
auto to_string(message_status status) -> std::string_view;
auto to_string(conversation_type type) -> std::string_view;
auto to_string(member_role role) -> std::string_view;
/// "message", "edit", ...: as operators see them.
auto to_string(entry_kind kind) -> std::string_view;

}  // namespace parley::chat
