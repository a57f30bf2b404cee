#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chat/admin.hpp"
#include "chat/chat_list.hpp"
#include "chat/conversation_state.hpp"
#include "chat/entry.hpp"
#include "chat/expected.hpp"
#include "chat/people.hpp"
#include "storage/store/devices.hpp"
#include "storage/store/invites.hpp"

namespace parley::storage {

/// A conversation to be made, with its first entries (seq 1 is `created`) and members.
struct new_conversation {
  chat::conversation_info info;
  std::vector<chat::member> members;
  chat::entry created;
};

/// How far `store::create_some` has come.
struct creation_mark {
  std::size_t members = 0;  ///< so many are stored
};

/// How far a walk of `store::find_unfinished` has come.
struct unfinished_mark {
  chat::timestamp since;       ///< conversations made before are not looked at
  chat::conversation_id done;  ///< those up to here, by id, have been
  bool is_done = false;        ///< there are no more
};

/// When a conversation had its newest message.
struct activity {
  chat::conversation_id conversation;
  chat::timestamp last_message_at;
};

/// A stretch of messages by ordinal, both ends included.
struct ordinal_range {
  std::uint64_t first = 1;
  std::uint64_t last = 0;
};

/// A stretch of messages by seq, both ends excluded. before == 0: no upper end.
struct seq_window {
  std::uint64_t after = 0;
  std::uint64_t before = 0;
  std::size_t limit = 50;
  bool newest_first = false;  ///< which end to keep when there are more than `limit`
};

using chat::chat_list_mark;
using chat::chat_list_row;
using chat::participant;

struct message_place {
  chat::conversation_id conversation;
  std::uint64_t seq = 0;
};

struct account {
  std::string user_name;
  chat::user_id user;
  std::string password_hash;
  chat::profile profile = {};  ///< the names given at registration
};

/// Who looks for whom.
struct user_search {
  chat::user_id caller;
  std::string prefix;            ///< a chat::search_key, not empty
  bool contacts_only = true;     ///< see `contacts`
  std::size_t max_members = 200;
  std::size_t limit = 20;
};

/// A file that somebody announced for a conversation.
struct attachment_row {
  chat::attachment what;
  chat::conversation_id conversation;
  chat::user_id uploader;
  chat::timestamp created_at;
  chat::message_id message;  ///< the one it went out with; nil: none yet
};

/// What one user may announce from `since` on. 0: no limit.
struct attachment_quota {
  chat::timestamp since;
  std::uint64_t max_bytes = 0;
  std::uint64_t max_files = 0;
};
using chat::dead_letter;

/// How far a run of `store::archive` has come; a new one begins at the start.
struct archive_mark {
  chat::conversation_id done;  ///< conversations up to here, by id, are settled
};

/// How far a run of `store::rekey` has come; a new one begins at the start.
struct rekey_mark {
  /// Tables in the order they are gone through.
  enum class table : std::uint8_t { messages, messages_archive, dead_letters, titles, done };

  table in = table::messages;
  chat::uuid key;         ///< rows up to here, by the first column of the primary key, are settled;
  std::uint64_t seq = 0;  ///< of a conversation's entries, those up to here
};

struct rekey_step {
  std::size_t seen = 0;
  std::size_t changed = 0;
  std::size_t unreadable = 0;  ///< texts, left as they are: their key is missing, or they were changed
};

/// What SQL does for us, over one database connection. Two drivers, one contract suite.
///
/// All calls block; a store belongs to one thread at a time. A lost connection is opened again by
/// the next call.
/// Errors of every call: errc::unavailable (nothing was stored; may be retried at once). Writing
/// calls also: errc::unknown (the connection died while the commit was on its way),
/// errc::duplicate (a unique key refused; nothing was stored), errc::refused (the data will never
/// be taken; nothing was stored). Deadlocks and lock timeouts are retried inside.
class store : public device_store, public invite_store {
 public:
  ~store() override = default;

  /// Writes `batch` in one transaction, in order; on return it is on disk.
  ///
  /// Messages are inserted. `edited` and `deleted` also change their target's row (the old text
  /// stays with the edit's row), `added` and `removed` the members, `role` and `title` what they
  /// name. The attachments of a message become its own; when one is not there, not its sender's,
  /// of another conversation or in a message already, the row is refused. Whoever is `added` sees what comes after; with content "all", everything; its cursors
  /// stand at the entry's seq, at no time; errc::limit when one of them has as many conversations
  /// as may be. A batch that is one of the statement shapes (1, 4, 16,
  /// 64 or 256 messages) costs one round trip.
  /// @param batch 1..any number of entries, ascending seq within each conversation
  virtual auto append(std::span<const chat::entry> batch) -> chat::expected<void> = 0;

  /// Moves cursors forward; a row whose stored seq is larger keeps it. Unknown members are skipped.
  virtual auto save_cursors(std::span<const chat::cursor_row> rows) -> chat::expected<void> = 0;

  /// Makes a conversation. @returns its id, or that of the present holder of the pair, case_id or
  /// name; repeating a call answers the same. Users it mentions get a stub profile when unknown.
  /// @errors errc::limit when a member has as many conversations as may be; nothing was stored
  virtual auto create(const new_conversation& what) -> chat::expected<chat::conversation_id> = 0;

  /// The same in steps, each a transaction of a few milliseconds, so that one with thousands of
  /// members lets others in between. Nobody sees anything of it before the last step. Call it until
  /// it answers an id; a step may be repeated. When it fails, or somebody else was faster, what it
  /// stored is to be dropped (drop_unfinished).
  virtual auto create_some(const new_conversation& what, creation_mark& from)
      -> chat::expected<std::optional<chat::conversation_id>> = 0;

  /// Drops at most `max_rows` members of a creation that did not come to its end; a finished
  /// conversation stays. Call it until it answers 0. @returns how many were dropped
  virtual auto drop_unfinished(chat::conversation_id id, std::size_t max_rows)
      -> chat::expected<std::size_t> = 0;
  /// Creations that had begun before `before` and have not come to their end, among the next `limit`
  /// conversations by id. Call it until the mark is done.
  virtual auto find_unfinished(chat::timestamp before, std::size_t limit, unfinished_mark& from)
      -> chat::expected<std::vector<chat::conversation_id>> = 0;

  /// One of `users` who has as many conversations as may be, if there is one. `create` and `append`
  /// of an `added` decide; asked before, it spares their refusal.
  virtual auto find_full(std::span<const chat::user_id> users)
      -> chat::expected<std::optional<chat::user_id>> = 0;

  /// Inserts profiles or fills the fields that are not empty here: what tokens say. From then on
  /// search_users finds these users.
  virtual auto save_profiles(std::span<const chat::profile> profiles) -> chat::expected<void> = 0;
  /// What a user says of itself: `profiles` shows it before what tokens say.
  virtual auto edit_profile(const chat::user_id& user, const chat::profile_edit& what)
      -> chat::expected<void> = 0;
  virtual auto save_last_seen(const chat::user_id& user, chat::timestamp at)
      -> chat::expected<void> = 0;

  /// Writes the coalesced summary `last_message_at` and `updated_at` of R-080. Moves forward only.
  virtual auto touch(std::span<const activity> rows) -> chat::expected<void> = 0;

  /// The account and its profile, in one transaction.
  /// @errors errc::duplicate when the name is taken
  virtual auto add_account(const account& who) -> chat::expected<void> = 0;
  virtual auto find_account(std::string_view user_name)
      -> chat::expected<std::optional<account>> = 0;
  virtual auto find_account_of(const chat::user_id& user)
      -> chat::expected<std::optional<account>> = 0;

  /// @param max_recent_sends  how many of the newest sends to list; they are looked for among the
  ///                          newest 4 * max_recent_sends entries
  virtual auto load(chat::conversation_id id, std::size_t max_recent_sends)
      -> chat::expected<std::optional<chat::conversation_state>> = 0;

  /// The conversation of an unordered pair, a case_id or a JoinGroup name.
  virtual auto find_pair(const chat::user_id& one, const chat::user_id& other)
      -> chat::expected<std::optional<chat::conversation_id>> = 0;
  virtual auto find_case(std::string_view case_id)
      -> chat::expected<std::optional<chat::conversation_id>> = 0;
  virtual auto find_name(std::string_view name)
      -> chat::expected<std::optional<chat::conversation_id>> = 0;

  /// The entries stored under seqs first..last, ascending. Changes carry what they were stored
  /// with, messages their present content, "" once they are deleted.
  virtual auto entries(chat::conversation_id id, std::uint64_t first, std::uint64_t last)
      -> chat::expected<std::vector<chat::entry>> = 0;

  /// At most `limit` entries with seq > after_seq, ascending. `edited` and `deleted` carry the
  /// present content of their target, "" once it is deleted.
  virtual auto entries_after(chat::conversation_id id, std::uint64_t after_seq, std::size_t limit)
      -> chat::expected<std::vector<chat::entry>> = 0;

  /// Messages ascending; the content of deleted ones is "".
  virtual auto messages(chat::conversation_id id, ordinal_range range)
      -> chat::expected<std::vector<chat::entry>> = 0;
  virtual auto messages(chat::conversation_id id, const seq_window& window)
      -> chat::expected<std::vector<chat::entry>> = 0;

  /// Are older entries of the conversation in the archive?
  virtual auto has_archive(chat::conversation_id id) -> chat::expected<bool> = 0;

  /// One message as a member sees it, or nothing.
  virtual auto find_send(chat::conversation_id id, const chat::user_id& sender,
                         std::string_view client_message_id)
      -> chat::expected<std::optional<chat::entry>> = 0;
  /// The messages of this conversation among these ids, in no order; the content of deleted ones is "".
  virtual auto messages(chat::conversation_id id, std::span<const chat::message_id> wanted)
      -> chat::expected<std::vector<chat::entry>> = 0;
  /// Entries of other kinds than messages and their changes, ascending: who came and went, roles, titles.
  virtual auto changes(chat::conversation_id id, const seq_window& window)
      -> chat::expected<std::vector<chat::entry>> = 0;
  virtual auto locate(chat::message_id id) -> chat::expected<std::optional<message_place>> = 0;

  /// Newest activity first (ties: larger id first). limit 0: all.
  virtual auto chat_list(const chat::user_id& user, const std::optional<chat_list_mark>& before,
                         std::size_t limit) -> chat::expected<std::vector<chat_list_row>> = 0;

  /// What waits for `user`: messages of others, not deleted, inside its window and after what was
  /// delivered to it, over all its conversations but the lobby. At most `limit`, the oldest
  /// first; of each conversation the first ones without a gap, in the order of seq, whatever their
  /// times: whoever has taken them may say that it has all up to the last.
  virtual auto undelivered(const chat::user_id& user, std::size_t limit)
      -> chat::expected<std::vector<chat::entry>> = 0;

  /// Which conversations of which of these users have any such message, in no order. Costs a seek
  /// per conversation, whatever its length.
  virtual auto undelivered_in(std::span<const chat::user_id> users)
      -> chat::expected<std::vector<std::pair<chat::user_id, chat::conversation_id>>> = 0;

  /// Everyone who shares a conversation of at most `max_members` members with `user`, the lobby
  /// aside.
  virtual auto contacts(const chat::user_id& user, std::size_t max_members)
      -> chat::expected<std::vector<chat::user_id>> = 0;

  /// In the order asked; unknown users have a profile with nothing but their id, and never were
  /// seen.
  virtual auto profiles(std::span<const chat::user_id> users)
      -> chat::expected<std::vector<chat::profile>> = 0;
  virtual auto last_seen(std::span<const chat::user_id> users)
      -> chat::expected<std::vector<chat::timestamp>> = 0;

  /// Those of `users` whom `user` may know, in the order asked: itself, who shares a conversation with it,
  /// the lobby aside, or with `all` everybody that there is.
  virtual auto people_known_to(const chat::user_id& user, std::span<const chat::user_id> users,
                               bool all) -> chat::expected<std::vector<chat::profile>> = 0;

  /// Members with their profiles, longest-standing first. Costs a look at each member of the
  /// conversation, whatever the page.
  virtual auto members_page(const chat::list_members& what)
      -> chat::expected<chat::member_page> = 0;

  /// Users with a name that begins with the prefix, in the order of those names; not the caller,
  /// nor who blocked it. Costs a walk over the index, whatever the number of users; with
  /// contacts_only, the cost of `contacts`.
  virtual auto search_users(const user_search& what)
      -> chat::expected<std::vector<chat::profile>> = 0;

  /// Takes down how far `what.by` has come in the conversation of the two (chat::block::held). Once
  /// more is no error and changes nothing. @returns whether it is new
  /// @errors errc::limit when `what.by` has blocked `max_blocks` users already
  virtual auto add_block(const chat::block& what, chat::timestamp at, std::size_t max_blocks)
      -> chat::expected<bool> = 0;
  /// @returns whether there was one
  virtual auto drop_block(const chat::block& what) -> chat::expected<bool> = 0;
  /// Whom `user` has blocked, the oldest first.
  virtual auto blocks_of(const chat::user_id& user)
      -> chat::expected<std::vector<chat::blocked_user>> = 0;
  /// In both directions, in no order.
  virtual auto blocks_between(const chat::user_id& user, std::span<const chat::user_id> others)
      -> chat::expected<std::vector<chat::block>> = 0;

  /// Keeps an entry that was refused; one kept already gets the new time and reason. Takes whatever
  /// bytes the entry has.
  virtual auto add_dead_letter(const dead_letter& what) -> chat::expected<void> = 0;
  /// Newest entries first, at most `limit`. @param before  the id of the row before; nil: the
  /// newest
  virtual auto dead_letters(chat::message_id before, std::size_t limit)
      -> chat::expected<std::vector<dead_letter>> = 0;
  virtual auto find_dead_letter(chat::message_id id)
      -> chat::expected<std::optional<dead_letter>> = 0;
  /// Its attachments are free for the cleaner. @returns whether there was one
  virtual auto drop_dead_letter(chat::message_id id) -> chat::expected<bool> = 0;
  virtual auto count_dead_letters() -> chat::expected<std::uint64_t> = 0;

  /// Posts a dead letter as the last entry of its conversation, as of `now`, and drops it, in one
  /// transaction. When its client_message_id or id has been stored meanwhile, it is only dropped.
  /// A server that owns the conversation finds its next seq taken, steps down and reloads.
  /// @returns where it stands; it is up to the caller to tell that owner
  /// @errors errc::not_found (no such letter, or no such conversation), errc::bad_request (neither
  /// a
  ///         message nor an edit), errc::refused (again), errc::busy (the conversation's owner was
  ///         faster every time)
  virtual auto retry_dead_letter(chat::message_id id, chat::timestamp now)
      -> chat::expected<message_place> = 0;

  /// Keeps an announced file, unless its uploader is over the quota.
  /// @errors errc::rate_limited (over the quota; nothing was stored)
  virtual auto add_attachment(const attachment_row& what, const attachment_quota& quota)
      -> chat::expected<void> = 0;

  /// In the order asked; those unknown or taken for removal are left out.
  virtual auto attachments(std::span<const chat::uuid> ids)
      -> chat::expected<std::vector<attachment_row>> = 0;

  /// Takes files that were announced before `before` and are in no message out of use: from now on
  /// no message can name them. Those of an earlier call that were not forgotten come again.
  virtual auto take_unused_attachments(chat::timestamp before, std::size_t limit)
      -> chat::expected<std::vector<chat::uuid>> = 0;

  /// Forgets files that were taken out of use, once their bytes are gone.
  virtual auto forget_attachments(std::span<const chat::uuid> ids) -> chat::expected<void> = 0;

  /// Moves old rows to the archive: of one conversation without an entry since `before`, at
  /// most about `max_rows` rows, in one transaction. Call it until it answers 0; it may stop and
  /// begin again at any time, beside running servers. The lobby is left as it is. The last message
  /// of a conversation and what came after it are never moved; reads find what was moved, a little
  /// slower. What the archive costs: a repeat of a client_message_id that lies in it is no duplicate to
  /// `append` any more. Owners ask find_send before (chat::conversation_state::has_archive).
  /// @returns how many rows were moved
  virtual auto archive(chat::timestamp before, std::size_t max_rows, archive_mark& from)
      -> chat::expected<std::size_t> = 0;

  /// Stores texts and fingerprints anew that are not stored as they would be today: plain, or under
  /// a key that does not write any more; with encryption off, makes them plain. About `max_rows`
  /// rows, in one transaction. Call it until the mark is done; it may stop and begin again at any
  /// time, beside running servers: a row that somebody changed meanwhile is left to them.
  virtual auto rekey(std::size_t max_rows, rekey_mark& from) -> chat::expected<rekey_step> = 0;
  /// Do the keys open what is stored? Looks at the newest 16 entries.
  /// @errors errc::conflict: some of them are sealed and none of these can be read
  virtual auto check_texts() -> chat::expected<void> = 0;

  /// Does the store answer? One cheap round trip.
  virtual auto ping() -> chat::expected<void> = 0;

  /// Why a commit may be less durable than "ack means committed" promises, as a sentence for the
  /// log; "" when all is well or the store cannot be reached. May connect.
  virtual auto durability_warning() -> std::string { return {}; }
};

}  // namespace parley::storage
