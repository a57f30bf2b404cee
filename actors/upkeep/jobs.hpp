#pragma once

#include <vector>

#include "actors/environment.hpp"
#include "actors/messages.hpp"
#include "actors/upkeep/job_run.hpp"
#include "actors/watched_actor.hpp"
#include "storage/store.hpp"

namespace parley::actors {

/// What runs by the clock, every `chat.sweep_interval_ms`; a run that is not over is not begun
/// again. Answers how the last runs went.
///
/// - `mark-messages-delivered` (C-08) sweeps up messages to online users that were not marked
///   delivered as they were written. It should find nothing; what it finds is counted.
/// - `count-dead-letters` sets the gauge, as other processes drop and retry dead letters too.
///
/// At the start it drops what creations of many members left that an earlier server did not finish.
/// The third job, `remove-unused-attachments`, is the attachment_cleaner's.
class jobs_actor : public watched_actor {
 public:
  jobs_actor(caf::actor_config& config, environment& env);

  auto make_behavior() -> caf::behavior override;

 private:
  void mark_delivered();
  void sweep(std::vector<chat::user_id> online);
  void mark(const chat::user_id& user, chat::conversation_id where);
  void count_dead_letters();
  void find_unfinished(storage::unfinished_mark from);
  /// These two and the attachment cleaner's.
  void list(const chat::caller& from, const chat::list_jobs& what);

  environment& env_;
  job_run delivered_;
  job_run letters_;
};

}  // namespace parley::actors
