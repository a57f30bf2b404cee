#include "actors/database.hpp"

namespace parley::actors {

database_actor::database_actor(caf::actor_config& config, environment& env,
                               std::unique_ptr<storage::store> store,
                               telemetry::persistence_metrics* figures)
    : caf::event_based_actor(config), env_(env), store_(std::move(store)), figures_(figures) {}

auto database_actor::make_behavior() -> caf::behavior {
  return {[this](const database_job& job) { return on_job(job); }};
}

auto database_actor::on_job(const database_job& job) -> any_result {
  const auto begin = env_.clock.steady_now();
  auto result = job.run(*store_);
  const std::chrono::duration<double> took = env_.clock.steady_now() - begin;
  if (figures_ == nullptr) {
    env_.metrics.query_seconds.Observe(took.count());
  } else {
    figures_->backlog_rows.Set(static_cast<double>(mailbox().size()));
    figures_->batch_rows.Observe(1);
    figures_->rows.Increment();
    figures_->commit_seconds.Observe(took.count());
  }
  return {std::move(result)};
}

auto spawn_reader(caf::actor_system& system, environment& env,
                  std::unique_ptr<storage::store> store) -> caf::actor {
  telemetry::persistence_metrics* none = nullptr;
  return system.spawn<database_actor, caf::detached>(env, std::move(store), none);
}

auto spawn_room_worker(caf::actor_system& system, environment& env,
                       std::unique_ptr<storage::store> store) -> caf::actor {
  return system.spawn<database_actor, caf::detached>(env, std::move(store),
                                                     &env.metrics.room_worker);
}

}  // namespace parley::actors
