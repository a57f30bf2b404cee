#pragma once

#include <array>
#include <vector>

#include "actors/environment.hpp"
#include "actors/messages.hpp"

namespace parley::actors {

/// What runs by the clock, every `chat.sweep_interval_ms`; a run that is not over is not begun
/// again. Answers how the last runs went.
///
/// - `mark-messages-delivered` (C-08) sweeps up messages to online users that were not marked
///   delivered as they were written. It should find nothing; what it finds is counted.
/// - `count-dead-letters` sets the gauge, as other processes drop and retry dead letters too.
class jobs_actor : public caf::event_based_actor {
 public:
  jobs_actor(caf::actor_config& config, environment& env);

  auto make_behavior() -> caf::behavior override;

 private:
  /// A job and its run under way.
  struct job {
    job(const char* name, std::uint64_t every_ms, telemetry::job_metrics& given);

    telemetry::job_metrics& figures;
    chat::job_status status;
    std::size_t open = 0;  ///< look-ups under way
    chat::clock::steady began{};
    chat::timestamp began_at;
    std::string error;     ///< the first of this run
  };

  void begin(job& which);
  void finish(job& which, const chat::expected<void>& part);
  void mark_delivered();
  void sweep(std::vector<chat::user_id> online);
  void mark(const chat::user_id& user, chat::conversation_id where);
  void count_dead_letters();
  auto list() const -> chat::job_list;

  environment& env_;
  job delivered_;
  job letters_;
};

}  // namespace parley::actors
