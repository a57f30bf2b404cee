#pragma once

#include <list>
#include <vector>

#include "actors/environment.hpp"
#include "actors/messages.hpp"
#include "actors/pinned_actor.hpp"

namespace parley::actors {

/// Keeps the time for the conversations of one io thread; one such actor on each. It tells those
/// that have been idle for chat.idle_ms (idle_atom), and looks after those that may owe an answer
/// (tick_atom, about every owing_interval). A timer of its own would cost each of them 200 bytes.
///
/// The functions are for conversations of the same thread.
class conversation_keeper : public pinned_actor {
 public:
  static constexpr std::chrono::milliseconds owing_interval{250};

  struct use {
    caf::actor who;
    chat::clock::steady at;  ///< its last; `never`: since it was told that it is idle
  };
  using place = std::list<use>::iterator;

  conversation_keeper(caf::actor_config& config, actor_host& host, environment& env);

  auto make_behavior() -> caf::behavior override;

  /// `who` is looked after, and used now. Its place is good until it leaves.
  auto enter(caf::actor who) -> place;
  void note_use(place who);
  /// Not used since it was told so.
  auto is_idle(place who) const -> bool { return who->at == never; }
  void leave(place who);

  /// `who` is sent one tick_atom, unless it takes this back.
  void watch(caf::actor who);
  void unwatch(const caf::actor& who);

 private:
  static constexpr auto never = chat::clock::steady::max();

  void check_idle();
  void check_idle_later();
  void check_owing();

  environment& env_;
  std::list<use> uses_;  ///< the oldest first
  std::list<use> told_;
  std::vector<caf::actor> owing_;
  bool idle_tick_ = false;
};

/// To be put into the lane of its io thread.
auto spawn_keeper(caf::actor_system& system, actor_host& host, environment& env)
    -> resident<conversation_keeper>;

}  // namespace parley::actors
