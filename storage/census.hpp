#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/entry.hpp"
#include "chat/expected.hpp"
#include "config/options.hpp"
#include "storage/vault.hpp"

namespace parley::storage {

/// How much there is. Messages are not counted: in a large database that takes minutes.
struct census_counts {
  std::uint64_t accounts = 0;
  std::uint64_t users = 0;  ///< all that were ever named
  std::uint64_t conversations = 0;
  std::uint64_t attachments = 0;
  std::uint64_t attachment_bytes = 0;
  std::uint64_t dead_letters = 0;
};

struct account_row {
  std::string user_name;
  chat::user_id user;
  bool is_disabled = false;
};

struct conversation_row {
  chat::conversation_info info;
  std::uint64_t members = 0;
  std::uint64_t entries = 0;  ///< the last seq
  chat::timestamp last_message_at;
};

/// A message that somebody sent and nobody deleted.
struct sent_message {
  chat::message_id id;
  std::uint64_t seq = 0;
};

/// What an operator asks of the whole database, and no server does: who is there, and the end of an
/// account. Over one connection, beside running servers.
///
/// @thread one at a time; calls block. They are not tried again: an operator sees why
/// Errors of every call: errc::unavailable; of those that write also errc::unknown
class census {
 public:
  virtual ~census() = default;

  virtual auto counts() -> chat::expected<census_counts> = 0;

  /// In the order of names. @param after  the name of the row before; "": from the first
  virtual auto accounts(std::string_view after, std::size_t limit)
      -> chat::expected<std::vector<account_row>> = 0;
  /// By user name or by user id.
  virtual auto find_account(std::string_view who) -> chat::expected<std::optional<account_row>> = 0;
  /// Is there a row of this user, whoever it came from?
  virtual auto knows(const chat::user_id& user) -> chat::expected<bool> = 0;

  /// Ends the devices that stay signed in, too, as set_disabled does.
  /// @returns whether there is such an account. One that is disabled stays so
  virtual auto set_password(std::string_view user_name, std::string_view hash)
      -> chat::expected<bool> = 0;
  /// From now on no password fits, until it is enabled again. @returns whether there is such an
  /// account
  virtual auto set_disabled(std::string_view user_name, bool disabled) -> chat::expected<bool> = 0;

  /// Newest first. @param of      only those that this user is in; empty: all
  ///               @param before  the id of the row before; nil: from the newest
  virtual auto conversations(const chat::user_id& of, chat::conversation_id before,
                             std::size_t limit)
      -> chat::expected<std::vector<conversation_row>> = 0;

  /// Where this user has sent something that stands there still, the archive included.
  virtual auto wrote_in(const chat::user_id& user)
      -> chat::expected<std::vector<chat::conversation_id>> = 0;
  /// What it sent there that nobody deleted, at most `limit`, ascending.
  virtual auto sent(const chat::user_id& user, chat::conversation_id in, std::size_t limit)
      -> chat::expected<std::vector<sent_message>> = 0;

  /// Is there no table yet? What a restore wants to find.
  virtual auto is_empty() -> chat::expected<bool> = 0;

  /// Files that messages name, by id. @param after  the last of the call before; nil: from the
  /// first
  virtual auto files_in_messages(const chat::uuid& after, std::size_t limit)
      -> chat::expected<std::vector<chat::uuid>> = 0;

  /// Takes texts and names of files out of the rows of what this user sent there and somebody
  /// deleted, and of its edits; its files are in no message then, and the next job of a server
  /// removes them.
  virtual auto erase_deleted(const chat::user_id& user, chat::conversation_id in)
      -> chat::expected<void> = 0;

  /// The last entry stored under this id, whether there is such a conversation or not: an import stores
  /// the entries first.
  virtual auto last_entry(chat::conversation_id id)
      -> chat::expected<std::optional<sent_message>> = 0;
  /// Drops at most `max_rows` entries of what is no conversation; those of a conversation stay. Their
  /// files are in no message then. Call it until it answers 0.
  virtual auto drop_headless(chat::conversation_id id, std::size_t max_rows)
      -> chat::expected<std::uint64_t> = 0;

  /// Forgets the account, its devices, the names and picture and the blocks of this user, in one transaction.
  /// Its id stays where it was named.
  virtual auto forget_person(const chat::user_id& user) -> chat::expected<void> = 0;
};

/// @param texts how titles are stored; null: plain
/// @errors errc::bad_request when `storage.url` makes no sense
auto open_census(const config::storage_options& options, vault_ptr texts)
    -> chat::expected<std::unique_ptr<census>>;

}  // namespace parley::storage
