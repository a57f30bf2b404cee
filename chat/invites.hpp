#pragma once

#include <string>
#include <vector>

#include "chat/command.hpp"

/// Links by which people come into a group without being added by name.
namespace parley::chat {

/// Invites of one conversation that are good at a time.
inline constexpr std::size_t max_invites = 50;
/// How long one may be good, and how often.
inline constexpr std::uint64_t min_invite_s = 60;
inline constexpr std::uint64_t max_invite_s = 365 * 24 * 3'600;
inline constexpr std::uint64_t max_invite_uses = 100'000;

/// Who has the code may come in.
struct invite {
  std::string code;  ///< 22 characters of base64url, 128 random bits
  conversation_id conversation;
  user_id created_by;
  timestamp created_at;
  timestamp expires_at;         ///< 0: never
  bool is_counted = false;      ///< its uses have an end
  std::uint64_t uses_left = 0;  ///< when they have

  friend auto operator==(const invite&, const invite&) -> bool = default;
};

/// POST .../invites. Whoever may add members may make one; it is good while they are a member.
/// @errors errc::limit: there are max_invites
struct make_invite {
  using result_type = invite;
  conversation_id conversation;
  std::uint64_t expires_in_s = 0;  ///< 0: never; else min_invite_s..max_invite_s
  std::uint64_t max_uses = 0;      ///< 0: no end
};

/// GET .../invites: those that are good, the oldest first. Who may make one may see them.
struct list_invites {
  using result_type = std::vector<invite>;
  conversation_id conversation;
};

/// DELETE .../invites/{code}, by who made it and by owner and admins.
/// @errors errc::not_found, errc::forbidden
struct revoke_invite {
  using result_type = done;
  conversation_id conversation;
  std::string code;
};

/// What somebody with a link is shown before signing in.
struct invite_preview {
  std::string title;
  std::uint64_t member_count = 0;
  std::string invited_by;  ///< empty: it has no name
};

/// GET /messaging/invites/{code}
/// @errors errc::not_found: unknown, expired, used up, revoked; one answer for all
struct look_at_invite {
  using result_type = invite_preview;
  std::string code;
};

/// POST /messaging/invites/{code}/join. A member is answered like one that comes in, and uses nothing up.
struct join_by_invite {
  using result_type = created_conversation;
  std::string code;
};

/// A conversation's part of it.
struct enter_by_invite {
  using result_type = created_conversation;
  conversation_id conversation;
  std::string code;
  user_id invited_by;
};

/// The words of not_found for an invite.
inline constexpr const char* no_such_invite = "no such invite";

#define PARLEY_INSPECT(type, ...)          \
  template <class Inspector>               \
  auto inspect(Inspector& f, type& x) {    \
    return f(__VA_ARGS__);                 \
  }

PARLEY_INSPECT(invite, x.code, x.conversation, x.created_by, x.created_at, x.expires_at, x.is_counted,
               x.uses_left)
PARLEY_INSPECT(make_invite, x.conversation, x.expires_in_s, x.max_uses)
PARLEY_INSPECT(list_invites, x.conversation)
PARLEY_INSPECT(revoke_invite, x.conversation, x.code)
PARLEY_INSPECT(enter_by_invite, x.conversation, x.code, x.invited_by)

#undef PARLEY_INSPECT

}  // namespace parley::chat
