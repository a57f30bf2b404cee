#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chat/entry.hpp"
#include "chat/expected.hpp"

/// People: what they say of themselves, who finds whom, and who wants nothing of whom.
namespace parley::chat {

struct done;

// -- profiles ---------------------------------------------------------------------------------

/// What a user says of itself; it goes before what its tokens say until it is cleared.
/// Each field: nothing leaves it as it is, "" clears it.
struct profile_edit {
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::optional<std::string> display_name;
  std::optional<std::string> picture_url;
};

/// Names: at most 100 UTF-16 units with something to see in them, valid UTF-8, no control
/// characters, no line separators and nothing that changes the direction of text around it.
/// The URL is checked where it is bound.
/// @errors errc::bad_request, errc::too_long; both name the field
auto check(const profile_edit& what) -> expected<void>;

/// GET /users/me
struct get_me {
  using result_type = profile;
};

/// PUT /users/me. Answered with the profile as others see it from now on.
struct update_me {
  using result_type = profile;
  profile_edit what;
};

// -- search -----------------------------------------------------------------------------------

/// GET /users: people with a name that begins with `query`, in any case. Who blocked the caller is
/// never among them, nor is the caller.
struct search_users {
  using result_type = std::vector<profile>;
  std::string query;      ///< 1..64 UTF-16 units, valid UTF-8
  std::size_t limit = 20;  ///< 1..50
};

/// People in the order asked, or found.
struct people_found {
  std::vector<profile> users;
};

/// GET /users?userName=: who has the built-in account of exactly this name, unless users.search is off. Not
/// the caller, nor who blocked it.
struct find_person {
  using result_type = people_found;
  std::string user_name;  ///< 1..64 UTF-16 units, valid UTF-8
};

/// GET /users?ids=: those of them whom the caller may know: itself, who shares a conversation with it, the
/// lobby aside, and with users.search = "all" everybody. The others are left out.
struct get_people {
  using result_type = people_found;
  std::vector<user_id> users;  ///< 1..200
};

/// The form under which names are compared: without case, at most 256 bytes, cut between
/// characters. @param name valid UTF-8
auto search_key(std::string_view name) -> std::string;

/// The keys under which somebody is found: display name (as shown), first, last and user name.
/// Sorted, without doubles. @param user_name of a built-in account; empty: none
auto search_keys(const profile& who, const std::string& user_name) -> std::vector<std::string>;

// -- blocking ---------------------------------------------------------------------------------

/// `by` wants nothing of `whom`. Two blocks of the same two are equal.
struct block {
  user_id by;
  user_id whom;
  /// How far `by` had come in the conversation of the two when the block began: all that `whom` is
  /// shown of it, or its reading would tell that somebody is there.
  cursors held = {};

  friend auto operator==(const block& a, const block& b) -> bool {
    return a.by == b.by && a.whom == b.whom;
  }
};

template <class Inspector>
auto inspect(Inspector& f, block& x) {
  return f(x.by, x.whom, x.held);
}

/// May `who` start something with all of `others`? The one rule about blocks: who is blocked is
/// told that something is missing, as if there were nobody; who has blocked somebody may not
/// start anything with them either, before the block is lifted.
///
/// @param blocks   those between `who` and any of `others`; more do no harm
/// @param missing  the words for a thing that does not exist
/// @errors errc::not_found (`missing`), errc::forbidden
auto may_reach(const user_id& who, std::span<const user_id> others, std::span<const block> blocks,
               const char* missing) -> expected<void>;

/// The words of not_found for a person.
inline constexpr const char* no_such_user = "no such user";

/// PUT and DELETE /users/me/blocks/{userId}. Answered when it is stored and in force.
struct set_block {
  using result_type = done;
  user_id whom;
  bool is_blocked = true;
};

/// One line of GET /users/me/blocks.
struct blocked_user {
  user_id user;
  timestamp since;

  friend auto operator==(const blocked_user&, const blocked_user&) -> bool = default;
};

/// GET /users/me/blocks. The oldest first.
struct list_blocks {
  using result_type = std::vector<blocked_user>;
};

template <class Inspector>
auto inspect(Inspector& f, set_block& x) {
  return f(x.whom, x.is_blocked);
}

}  // namespace parley::chat
