#include "actors/upkeep/attachment_cleaner.hpp"

#include "actors/storage/database.hpp"

namespace parley::actors {
namespace {

using std::chrono::milliseconds;

/// Files of one step; between two steps others get their turn at the writer.
constexpr std::size_t chunk = 100;

/// Files that cannot be removed, after which a sweep gives up: something is wrong with them all.
constexpr std::size_t max_stuck = 1'000;

}  // namespace

attachment_cleaner::attachment_cleaner(caf::actor_config& config, environment& env)
    : watched_actor(config, env.metrics.pool_turns),
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
        stuck_.clear();
        sweep();
      },
      [this](flush_atom) { remove_one(); },
      [this](const chat::caller&, const chat::list_jobs&) -> chat::job_list {
        return {job_.status()};
      },
  };
}

void attachment_cleaner::sweep() {
  const auto keep_ms = std::int64_t{env_.options.attachments.keep_unused_s} * 1'000;
  const chat::timestamp before{env_.clock.now().ms - keep_ms - env_.options.storage.give_up_ms};
  ask_database(
      this, env_.room_writer,
      [before, count = chunk + stuck_.size()](storage::store& store) {
        return store.take_unused_attachments(before, count);
      },
      [this](const chat::expected<std::vector<chat::uuid>>& taken) {
        if (!taken) return job_.end_part(chat::unexpected{taken.error()});
        on_taken(*taken);
      },
      background_patience);
}

/// Those that are stuck come again, the oldest first.
void attachment_cleaner::on_taken(const std::vector<chat::uuid>& taken) {
  for (const auto& id : taken)
    if (!stuck_.contains(id)) files_.push_back(id);
  if (!files_.empty() && stuck_.size() < max_stuck) return remove_one();
  files_.clear();
  if (stuck_.empty()) return job_.end_part({});
  job_.end_part(chat::unexpected{chat::errc::unavailable,
                                 std::to_string(stuck_.size()) + " files could not be removed"});
}

/// Whoever asks for the job's status is answered between two.
void attachment_cleaner::remove_one() {
  const auto id = files_.back();
  files_.pop_back();
  if (env_.blobs->remove(id))
    gone_.push_back(id);
  else
    stuck_.insert(id);
  if (files_.empty()) return forget();
  send(this, flush_atom::value);
}

void attachment_cleaner::forget() {
  ask_database(
      this, env_.room_writer,
      [gone = gone_](storage::store& store) { return store.forget_attachments(gone); },
      [this](const chat::expected<void>& forgotten) {
        const auto count = std::exchange(gone_, {}).size();
        if (!forgotten) return job_.end_part(forgotten);
        job_.add_found(count);
        sweep();
      },
      background_patience);
}

}  // namespace parley::actors
