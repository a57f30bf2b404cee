#pragma once

#include <deque>
#include <unordered_map>

#include "actors/environment.hpp"
#include "actors/messages.hpp"
#include "actors/watched_actor.hpp"
#include "chat/keyed_buckets.hpp"

namespace parley::actors {

/// Writes what tokens say about users: only what is new, many in one transaction. A user
/// whose tokens contradict each other is written `limits.profiles_per_min` times a minute; what comes
/// in between is passed over, and taken up when a token says it again.
class profiles_actor : public watched_actor {
 public:
  profiles_actor(caf::actor_config& config, environment& env);

  auto make_behavior() -> caf::behavior override;

 private:
  void on_seen(const chat::profile& who);
  auto may_change(const chat::user_id& who) -> bool;
  void on_settle();
  void answer_settled();
  void write();

  environment& env_;
  std::unordered_map<chat::user_id, std::uint64_t> known_;  ///< hash of what is stored; bounded
  chat::keyed_buckets<chat::user_id> changes_;              ///< a minute
  std::deque<chat::profile> fresh_;
  std::uint64_t seen_ = 0;     ///< profiles that were new
  std::uint64_t settled_ = 0;  ///< of them those that are stored, or could not be
  /// Who waits until so many are settled, in this order.
  std::deque<std::pair<std::uint64_t, caf::response_promise>> settling_;
  bool writing_ = false;
};

}  // namespace parley::actors
