#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "chat/expected.hpp"
#include "chat/invites.hpp"

namespace parley::storage {

/// The part of the store that keeps invites. Errors and threads: see `store`. Whoever is removed from a
/// conversation by somebody else takes all of its invites along (`store::append`): it knows their codes.
class invite_store {
 public:
  virtual ~invite_store() = default;

  /// Those of the conversation that are not good any more are forgotten.
  /// @errors errc::limit: there are `max_invites` that are good
  virtual auto add_invite(const chat::invite& what, std::size_t max_invites)
      -> chat::expected<void> = 0;

  /// One that is good at `now`, or is used up: who came in by it may ask again. Else nothing.
  virtual auto find_invite(std::string_view code, chat::timestamp now)
      -> chat::expected<std::optional<chat::invite>> = 0;

  /// Those that are good, the oldest first.
  virtual auto invites_of(chat::conversation_id conversation, chat::timestamp now)
      -> chat::expected<std::vector<chat::invite>> = 0;

  /// What one that is good and whose maker is a member leads to.
  virtual auto preview_invite(std::string_view code, chat::timestamp now)
      -> chat::expected<std::optional<chat::invite_preview>> = 0;

  /// @returns whether there was one
  virtual auto drop_invite(std::string_view code) -> chat::expected<bool> = 0;

  /// Uses it once, unless it is not good. Of several that want the last use at once, one gets it.
  /// @returns whether it was good
  virtual auto use_invite(std::string_view code, chat::timestamp now) -> chat::expected<bool> = 0;
  /// Takes a use back.
  virtual auto return_invite(std::string_view code) -> chat::expected<void> = 0;
};

}  // namespace parley::storage
