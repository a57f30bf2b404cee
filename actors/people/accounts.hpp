#pragma once

#include <functional>
#include <optional>
#include <string>

#include "actors/environment.hpp"
#include "actors/messages.hpp"
#include "actors/steady_actor.hpp"
#include "storage/store.hpp"

namespace parley::actors {

/// Built-in accounts: hashes passwords on a thread of its own (`auth.hash_threads` of these), and
/// has the database actors keep what it makes.
class accounts_actor : public steady_actor {
 public:
  accounts_actor(caf::actor_config& config, environment& env);

  auto make_behavior() -> caf::behavior override;

 private:
  void on_register(const chat::register_account& what);
  void on_sign_in(const chat::sign_in& what);
  void on_change(const chat::caller& from, const chat::change_password& what);
  void keep_device(const chat::user_id& user, const std::string& agent,
                   std::function<void(const chat::expected<chat::device>&)> then);
  static auto change_of(const chat::expected<std::optional<storage::account>>& known,
                        const chat::change_password& what)
      -> chat::expected<storage::password_change>;
  void store_change(const storage::password_change& what, caf::response_promise reply);

  environment& env_;
};

}  // namespace parley::actors
