#pragma once

#include <unordered_map>
#include <vector>

#include "actors/environment.hpp"
#include "actors/messages.hpp"

namespace parley::actors {

/// Writes what tokens say about users: only what is new, many in one transaction.
class profiles_actor : public caf::event_based_actor {
 public:
  profiles_actor(caf::actor_config& config, environment& env);

  auto make_behavior() -> caf::behavior override;

 private:
  void on_seen(const chat::profile& who);
  void write();

  environment& env_;
  std::unordered_map<chat::user_id, std::uint64_t> known_;  ///< hash of what is stored; bounded
  std::vector<chat::profile> fresh_;
  std::vector<caf::response_promise> settling_;
  bool writing_ = false;
};

}  // namespace parley::actors
