#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/ctl/import/export_files.hpp"
#include "app/ctl/import/refusals.hpp"
#include "chat/expected.hpp"
#include "storage/census.hpp"
#include "storage/foreign/intake.hpp"
#include "storage/store.hpp"

namespace parley::app::ctl {

struct taker_rules {
  bool is_dry = false;       ///< look and count, write nothing
  bool same_people = false;  ///< an account that has a name of the import is that person
  std::size_t max_members = 5'000;
  chat::timestamp now;
  export_files* files = nullptr;  ///< where those that entries name lie; null: none names any
};

/// What was found here, or made.
struct taken_counts {
  std::uint64_t new_accounts = 0;
  std::uint64_t new_conversations = 0;
  std::uint64_t new_messages = 0;
  std::uint64_t present_messages = 0;
  std::uint64_t new_files = 0;
};

/// Stores what an intake holds, beside running servers, and may be stopped at any moment and begin
/// again.
///
/// A conversation's entries are stored first, some hundred a transaction; then, in one more, the
/// conversation itself with its members: until then nobody sees anything of it, and who writes
/// there cannot come between its entries. What is there already is passed over. One that was
/// imported before and has had no entry of its own since gets what is new behind that.
class taker {
 public:
  taker(storage::store& store, storage::census& census, storage::foreign::intake& from,
        refusals& refused, taker_rules how)
      : store_(store), census_(census), from_(from), refused_(refused), how_(how) {}

  /// @errors errc::conflict: accounts of these names are there, and it is not said whether they are
  ///         the same people (nothing was written); errc::busy: somebody else writes the same; what
  ///         the store says. Whatever was written stays, and the next run goes on behind it
  auto take() -> chat::expected<taken_counts>;

 private:
  using foreign_conversation = storage::foreign::foreign_conversation;
  using foreign_entry = storage::foreign::foreign_entry;
  using foreign_member = storage::foreign::foreign_member;
  struct room;

  // taker.cpp
  auto find_other_people() -> chat::expected<void>;
  auto take_users() -> chat::expected<void>;
  auto take_user(const storage::foreign::foreign_user& who) -> chat::expected<void>;
  auto person_of(const chat::user_id& user) const -> const chat::user_id&;
  auto take_conversations() -> chat::expected<void>;

  // taker_room.cpp
  auto take_conversation(const foreign_conversation& what) -> chat::expected<void>;
  auto members_for(const foreign_conversation& what, room& into) -> bool;
  auto is_elsewhere(const foreign_conversation& what) -> chat::expected<bool>;
  auto who_is_full(const room& at) -> chat::expected<std::optional<chat::user_id>>;
  auto look(room& at) -> chat::expected<void>;
  auto drop_remains(chat::conversation_id id) -> chat::expected<void>;
  auto take_entries(room& into) -> chat::expected<void>;
  auto copy_files(foreign_entry& of) -> chat::expected<void>;
  auto announce_files(const chat::entry& of) -> chat::expected<void>;
  auto store_some(room& into) -> chat::expected<void>;
  auto find_targets(room& into) -> chat::expected<void>;
  auto compare_entries(const room& with) -> chat::expected<void>;
  auto give_way(chat::conversation_id id) -> chat::expected<void>;
  auto finish(room& made) -> chat::expected<void>;
  auto move_cursors(const room& made) -> chat::expected<void>;
  auto show(const room& made) -> chat::expected<void>;
  void refuse_conversation(const foreign_conversation& what, std::string reason);

  storage::store& store_;
  storage::census& census_;
  storage::foreign::intake& from_;
  refusals& refused_;
  taker_rules how_;
  taken_counts counts_;
  std::map<chat::user_id, chat::user_id> others_;  ///< users of the import by their ids here
};

}  // namespace parley::app::ctl
