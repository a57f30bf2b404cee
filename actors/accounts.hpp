#pragma once

#include "actors/environment.hpp"
#include "actors/messages.hpp"

namespace parley::actors {

/// Built-in accounts: hashes passwords on a thread of its own (`auth.hash_threads` of these), and
/// has the database actors keep what it makes.
class accounts_actor : public caf::event_based_actor {
 public:
  accounts_actor(caf::actor_config& config, environment& env);

  auto make_behavior() -> caf::behavior override;

 private:
  void on_register(const chat::register_account& what);
  void on_sign_in(const chat::sign_in& what);

  environment& env_;
};

}  // namespace parley::actors
