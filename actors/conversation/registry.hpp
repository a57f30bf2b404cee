#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "actors/environment.hpp"
#include "actors/messages.hpp"
#include "actors/watched_actor.hpp"

namespace parley::actors {

/// Knows the actor of every conversation in memory, makes one on demand, and makes new
/// conversations. It holds the only lasting handle: a conversation it lets go is gone.
class conversation_registry : public watched_actor {
 public:
  conversation_registry(caf::actor_config& config, environment& env);

  auto make_behavior() -> caf::behavior override;
  void on_exit() override;

 private:
  struct slot {
    caf::actor owner;
    bool retiring = false;
    std::vector<caf::response_promise> waiting;  ///< for the successor of one that retires
  };

  void on_find(const chat::conversation_id& id);
  void on_create(const chat::caller& from, chat::create_conversation what);
  void create_anew(const chat::caller& from, const chat::create_conversation& what,
                   const std::vector<chat::user_id>& people, caf::response_promise reply);
  struct making;
  void create_in_steps(std::shared_ptr<making> one);
  void on_join_group(const chat::caller& from, const chat::join_group& what);
  void create_named(const chat::caller& from, const std::string& name,
                    caf::response_promise reply);
  void on_created(const chat::caller& from, const chat::create_conversation& what,
                  const chat::conversation_info& info, chat::conversation_id id,
                  caf::response_promise reply);
  void answer_member(const chat::caller& from, chat::conversation_id id,
                     caf::response_promise reply);
  void on_retire_request(const chat::conversation_id& id);
  void on_retire_refused(const chat::conversation_id& id);
  void on_down(const caf::down_msg& down);
  auto spawn_owner(const chat::conversation_id& id) -> caf::actor;

  environment& env_;
  std::unordered_map<chat::conversation_id, slot> slots_;
  std::unordered_map<caf::actor_id, chat::conversation_id> by_actor_;
};

}  // namespace parley::actors
