#pragma once

#include <cstdint>
#include <vector>

#include "chat/command.hpp"
#include "chat/expected.hpp"
#include "storage/store.hpp"

/// Stretches of a conversation's history: which rows are read, and what of them is answered.
namespace parley::actors {

using rows = chat::expected<std::vector<chat::entry>>;

/// Changes of members, roles and title that one stretch tells at most.
inline constexpr std::size_t max_changes = 200;

/// The seqs that a caller may see, both ends excluded. What is stored after it asked lies beyond:
/// it may have been removed before that.
struct open_range {
  std::uint64_t floor = 0;
  std::uint64_t end = 0;
};

/// Replies say what they answer, as far as the reader's window goes. @thread a reader's
auto with_quotes(storage::store& store, chat::conversation_id id, std::uint64_t floor, rows found)
    -> rows;

/// What `around_id` names, when it was shown and is not stored yet.
auto around_seq(chat::read_stretch what, const std::vector<chat::entry>& unstored)
    -> chat::read_stretch;

struct found_stretch {
  std::vector<chat::entry> rows;  ///< one more than asked on the side where there may be more
  chat::read_stretch asked;       ///< with the seq of what was named by its id
  std::vector<chat::entry> changes;
};

/// The rows of a stretch, around a message that may be named by its id. @thread a reader's
/// @errors errc::not_found: that message is not here, or not for this caller
auto find_stretch(storage::store& store, chat::conversation_id id, chat::read_stretch what,
                  open_range visible) -> chat::expected<found_stretch>;

/// Appends the messages that the rows do not reach yet.
void append_missing(std::vector<chat::entry>& found, const std::vector<chat::entry>& unstored);

struct cut_rows {
  std::vector<chat::entry> rows;
  bool has_more = false;
};

/// At most `limit` of the rows, counted from the end that was asked for.
auto cut_stretch(const chat::read_stretch& what, std::vector<chat::entry> found,
                 const std::vector<chat::entry>& unstored) -> cut_rows;

/// Drops what makes the answer too large, from the end that is further from what was asked for; the
/// caller asks for the rest as for any next page. Around a message from both ends.
void keep_to_size(const chat::read_stretch& what, cut_rows& cut);

/// Gives the answer those of the changes found that belong to its rows: stretches that follow each other
/// tell each change once. More than max_changes, and what makes the answer too large, are left out from the
/// far end, and it says so.
void add_changes(chat::stretch& answer, const chat::read_stretch& what, const cut_rows& cut,
                 std::vector<chat::entry> found);

}  // namespace parley::actors
