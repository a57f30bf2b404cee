#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "chat/entry.hpp"
#include "chat/expected.hpp"
#include "storage/sqlite/scratch.hpp"

namespace parley::storage::foreign {

/// Something that was not taken over.
struct refusal {
  std::string place;     ///< "line 12", "row 0d5c...": where it stands in what is imported
  std::string what;      ///< "post", "message", "reactions"
  std::string reason;    ///< half a sentence
  bool is_wrong = true;  ///< false: nothing is wrong with it, Parley has no place for it
};
using sqlite::scratch_failure;
using refusal_sink = std::function<void(const refusal&)>;

/// A moment in microseconds since 1970-01-01 UTC: what orders entries.
using micros = std::int64_t;
/// Behind every entry.
inline constexpr micros all_of_it = std::numeric_limits<micros>::max();

struct foreign_user {
  chat::profile profile;
  std::string user_name;  ///< of the account to make; empty: none
  bool is_disabled = false;
  std::string place;
};

struct foreign_conversation {
  chat::conversation_info info;  ///< created_at 0: with its first entry
  std::string place;
};

/// How far somebody had come: up to the last entry that is not behind that moment.
struct foreign_member {
  chat::user_id user;
  chat::member_role role = chat::member_role::member;
  micros delivered_up_to = 0;
  chat::timestamp delivered_at = {};  ///< 0: not known
  micros read_up_to = 0;
  chat::timestamp read_at = {};
};

/// A message, or an edit or deletion of one. `what` has conversation, kind, id, actor, content,
/// created_at, reply_to and target; what depends on the order is not known yet.
struct foreign_entry {
  chat::entry what;
  micros at = 0;
  std::int64_t number = 0;  ///< in the order of reading; given by the intake
  std::string place;
  std::vector<std::string> files;  ///< paths beside what is imported, without line ends
};

/// Behind which entry of a conversation to go on.
struct entry_mark {
  micros at = std::numeric_limits<micros>::min();
  std::int64_t kind = -1;
  std::int64_t number = -1;
};

struct intake_counts {
  std::uint64_t users = 0;
  std::uint64_t conversations = 0;
  std::uint64_t messages = 0;
  std::uint64_t changes = 0;  ///< edits and deletions
};

/// All that an import has read, sorted. What is imported comes in any order and is larger than
/// memory; what is stored needs every conversation's entries in the order of their times.
///
/// Ids are taken once: adding what is there changes nothing. @thread one; throws scratch_failure
class intake {
 public:
  intake();

  /// @returns whether it is new
  auto add(const foreign_user& who) -> bool;
  /// @returns its id, or that of the conversation that the same two have already
  auto add(const foreign_conversation& what) -> chat::conversation_id;
  void add(chat::conversation_id to, const foreign_member& who);
  auto add(const foreign_entry& what) -> bool;
  /// Moves a member forward.
  void advance(chat::conversation_id in, const foreign_member& to);

  auto knows(const chat::user_id& user) -> bool;
  /// By its id, or by that of one that `add` answered another for.
  auto find(chat::conversation_id id) -> std::optional<foreign_conversation>;

  /// Call it once, when everything is in.
  void sort();

  auto counts() -> intake_counts;
  auto users_after(const chat::user_id& after, std::size_t limit) -> std::vector<foreign_user>;
  auto conversations_after(chat::conversation_id after, std::size_t limit)
      -> std::vector<foreign_conversation>;
  /// By user id.
  auto members_of(chat::conversation_id id) -> std::vector<foreign_member>;
  /// In order. @param after  moved behind the last of them
  auto entries_of(chat::conversation_id id, entry_mark& after, std::size_t limit)
      -> std::vector<foreign_entry>;
  /// The id of the entry that has so many before it; nothing: there are not so many.
  auto entry_id_at(chat::conversation_id id, std::uint64_t place)
      -> std::optional<chat::message_id>;
  auto messages_in(chat::conversation_id id) -> std::uint64_t;

 private:
  sqlite::scratch db_;
};

}  // namespace parley::storage::foreign
