#pragma once

#include <set>
#include <vector>

#include "actors/environment.hpp"
#include "actors/messages.hpp"
#include "actors/upkeep/job_run.hpp"
#include "actors/watched_actor.hpp"

namespace parley::actors {

/// The job `remove-unused-attachments`: files that were announced `attachments.keep_unused_s` ago
/// and are in no message leave the store and the disk. It removes them on a thread of its own (spawn
/// it detached): an S3 store takes its time. One that cannot be removed is tried again by the next
/// sweep, and keeps no other from being removed. A message that was let in at the last moment
/// has had `storage.give_up_ms` to be stored by then. A crash between the two is made good by the
/// next sweep.
class attachment_cleaner : public watched_actor {
 public:
  attachment_cleaner(caf::actor_config& config, environment& env);

  auto make_behavior() -> caf::behavior override;

 private:
  void sweep();
  void on_taken(const std::vector<chat::uuid>& taken);
  void remove_one();
  void forget();

  environment& env_;
  std::vector<chat::uuid> files_;  ///< to be removed, one a turn
  std::vector<chat::uuid> gone_;   ///< removed, to be forgotten
  std::set<chat::uuid> stuck_;     ///< of this sweep
  job_run job_;
};

}  // namespace parley::actors
