#pragma once

#include <vector>

#include "actors/environment.hpp"
#include "actors/messages.hpp"

namespace parley::actors {

/// What runs by the clock. One job so far: `mark-messages-delivered` (R-122, C-08), which sweeps up
/// messages to online users that were not marked delivered as they were written. It should find
/// nothing; what it finds is counted.
class jobs_actor : public caf::event_based_actor {
 public:
  jobs_actor(caf::actor_config& config, environment& env);

  auto make_behavior() -> caf::behavior override;

 private:
  void mark_delivered();
  void sweep(std::vector<chat::user_id> online);
  void mark(const chat::user_id& user, chat::conversation_id where);
  void finish(bool ok);

  environment& env_;
  chat::clock::steady began_{};
  std::size_t open_ = 0;  ///< look-ups under way
  bool failed_ = false;
};

}  // namespace parley::actors
