#pragma once

#include <unordered_map>

#include "actors/environment.hpp"
#include "actors/messages.hpp"
#include "actors/pinned_actor.hpp"

namespace parley::actors {

/// The ways to conversations that the sessions of one io thread share; one such actor on each.
///
/// A session looks here first, by owner_of(); only what is not known costs messages:
/// find_conversation, which the registry answers. What the registry says has retired is forgotten:
/// no more than the conversations in memory are known here, and a handle that nobody needs does not
/// keep what it leads to.
///
/// What a session has sent to an owner that retired bounces back to it, and must not be overtaken on
/// its way to the successor. So departures are counted, and who has not seen the last one before an
/// owner was noted has to ask for it: the answer comes behind what has bounced.
class conversation_finder : public pinned_actor {
 public:
  conversation_finder(caf::actor_config& config, actor_host& host, environment& env);

  auto make_behavior() -> caf::behavior override;
  void on_exit() override;

  /// Null: not known here, or noted after `seen` departures; ask with find_conversation.
  /// @thread the host's own
  auto owner_of(const chat::conversation_id& id, std::uint64_t seen) const -> caf::actor;
  /// `owner` has turned out to be gone. @thread the host's own
  void forget(const chat::conversation_id& id, caf::actor_id owner);
  /// Rises when an owner has ended: then all that bounces off it is in its senders' mailboxes, and no
  /// successor is known yet. @thread the host's own
  auto departures() const -> std::uint64_t { return departures_; }

 private:
  struct way {
    caf::actor owner;
    std::uint64_t since = 0;  ///< departures when it was noted
  };

  void on_find(const chat::conversation_id& id);

  environment& env_;
  std::unordered_map<chat::conversation_id, way> ways_;
  std::uint64_t departures_ = 0;
};

/// To be put into the lane of its io thread.
auto spawn_finder(caf::actor_system& system, actor_host& host, environment& env)
    -> resident<conversation_finder>;

}  // namespace parley::actors
