#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "storage/sql/connection.hpp"
#include "storage/store.hpp"

namespace parley::storage::sql {

/// Finds the messages that wait for somebody.
///
/// Three steps, each a seek per conversation and none a scan of one: the last seq of every
/// conversation of the users tells which of them are ahead of the delivered cursor; the first
/// message of somebody else in the stretch after the cursor tells which of these have anything;
/// only then messages are read. A join could not do the second step: the server would look at the
/// whole conversation, as a range needs constants for its ends.
class undelivered_reader {
 public:
  explicit undelivered_reader(connection& db) : db_(db) {}

  /// As `store::undelivered` and `store::undelivered_in`. @throws failure
  auto of(const chat::user_id& user, std::size_t limit) -> std::vector<chat::entry>;
  auto in(std::span<const chat::user_id> users)
      -> std::vector<std::pair<chat::user_id, chat::conversation_id>>;

 private:
  /// A conversation of a user with entries after `floor`, what has reached it.
  struct waiting {
    chat::user_id user;
    chat::conversation_id conversation;
    std::uint64_t floor = 0;
    std::uint64_t archived = 0;               ///< entries up to here are in the archive
    std::optional<chat::timestamp> first_at;  ///< of the first message that waits, if any does
  };
  struct key {
    chat::timestamp created_at;  ///< never before that of the message before it
    chat::conversation_id conversation;
    std::uint64_t seq = 0;
    friend auto operator<=>(const key&, const key&) = default;
  };

  auto with_messages(std::span<const chat::user_id> users) -> std::vector<waiting>;
  void find_ahead(std::span<const chat::user_id> users, std::vector<waiting>& found);
  void find_first(std::string_view table, std::span<waiting* const> some, std::size_t width);
  auto oldest(std::span<const waiting> sorted, std::size_t limit) -> std::vector<key>;
  void list_keys(std::string_view table, std::span<const waiting> some, std::size_t limit,
                 std::vector<key>& keys);
  static void make_ascending(std::vector<key>& keys);
  auto read(std::span<const key> keys) -> std::vector<chat::entry>;
  void read(std::string_view table, std::span<const key> keys, std::vector<chat::entry>& found);

  connection& db_;
};

}  // namespace parley::storage::sql
