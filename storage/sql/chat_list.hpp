#pragma once

#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "storage/sql/connection.hpp"
#include "storage/store.hpp"

namespace parley::storage::sql {

/// Reads one user's chat list in a few statements, however long it is: the page itself, then the
/// members of its conversations, and only where there is something to count, the unread messages.
///
/// Unread messages are counted one by one, some 0.3 us each, among the last 10,000 entries of a
/// conversation.
class chat_list_reader {
 public:
  chat_list_reader(connection& db, const chat::user_id& user) : db_(db), user_(user) {}

  /// As `store::chat_list`. @throws failure
  auto read(const std::optional<chat_list_mark>& before, std::size_t limit)
      -> std::vector<chat_list_row>;

 private:
  /// A row under construction.
  struct line {
    chat_list_row row;
    std::uint64_t seen_seq = 0;  ///< nothing up to here is unread
    std::uint64_t archived_up_to = 0;
    bool is_slowest_known = false;
  };

  void read_page(const std::optional<chat_list_mark>& before, std::size_t limit);
  void read_held();
  void read_members();
  void take_member(line& into, const row& from);
  void count_unread();
  void count_unread(std::string_view part, const std::vector<line*>& behind);
  void ask_slowest();
  void name_others();
  template <class Wanted>
  auto where(Wanted wanted) -> std::vector<line*>;

  connection& db_;
  const chat::user_id& user_;
  std::vector<line> page_;
  std::map<chat::user_id, chat::cursors> held_;  ///< of those who have blocked the user
};

}  // namespace parley::storage::sql
