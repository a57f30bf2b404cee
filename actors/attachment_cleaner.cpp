#include "actors/attachment_cleaner.hpp"

#include "actors/database.hpp"

namespace parley::actors {
namespace {

using std::chrono::milliseconds;

/// Files of one step; between two steps others get their turn at the worker.
constexpr std::size_t chunk = 100;

/// One step. @returns how many were taken; fewer than `chunk`: there are no more
auto remove_some(storage::store& store, storage::blobs::blob_store& blobs, chat::timestamp before)
    -> chat::expected<std::size_t> {
  const auto taken = store.take_unused_attachments(before, chunk);
  if (!taken) return chat::unexpected{taken.error()};
  std::vector<chat::uuid> gone;
  for (const auto& id : *taken)
    if (blobs.remove(id)) gone.push_back(id);
  if (auto forgotten = store.forget_attachments(gone); !forgotten)
    return chat::unexpected{forgotten.error()};
  if (gone.size() < taken->size())
    return chat::unexpected{chat::errc::unavailable, "a file could not be removed"};
  return gone.size();
}

}  // namespace

attachment_cleaner::attachment_cleaner(caf::actor_config& config, environment& env)
    : caf::event_based_actor(config),
      env_(env),
      job_("remove-unused-attachments", env.options.attachments.sweep_interval_ms, env.clock,
           env.metrics.attachments_job) {}

auto attachment_cleaner::make_behavior() -> caf::behavior {
  const milliseconds interval{env_.options.attachments.sweep_interval_ms};
  delayed_send(this, interval, tick_atom::value);
  return {
      [this, interval](tick_atom) {
        delayed_send(this, interval, tick_atom::value);
        if (env_.blobs == nullptr || job_.is_running()) return;
        job_.begin();
        sweep();
      },
      [this](const chat::caller&, const chat::list_jobs&) -> chat::job_list {
        return {job_.status()};
      },
  };
}

void attachment_cleaner::sweep() {
  const auto keep_ms = std::int64_t{env_.options.attachments.keep_unused_s} * 1'000;
  const chat::timestamp before{env_.clock.now().ms - keep_ms - env_.options.storage.give_up_ms};
  ask_database(
      this, env_.room_worker,
      [blobs = env_.blobs, before](storage::store& store) {
        return remove_some(store, *blobs, before);
      },
      [this](const chat::expected<std::size_t>& removed) {
        if (!removed) return job_.end_part(chat::unexpected{removed.error()});
        job_.add_found(*removed);
        if (*removed == chunk) return sweep();
        job_.end_part({});
      });
}

}  // namespace parley::actors
