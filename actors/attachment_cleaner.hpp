#pragma once

#include "actors/environment.hpp"
#include "actors/job_run.hpp"
#include "actors/messages.hpp"

namespace parley::actors {

/// The job `remove-unused-attachments`: files that were announced `attachments.keep_unused_s` ago
/// and are in no message leave the store and the disk. A message that was let in at the last moment
/// has had `storage.give_up_ms` to be stored by then. A crash between the two is made good by the
/// next sweep.
class attachment_cleaner : public caf::event_based_actor {
 public:
  attachment_cleaner(caf::actor_config& config, environment& env);

  auto make_behavior() -> caf::behavior override;

 private:
  void sweep();

  environment& env_;
  job_run job_;
};

}  // namespace parley::actors
