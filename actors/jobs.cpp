#include "actors/jobs.hpp"

#include <spdlog/spdlog.h>

#include "actors/database.hpp"

namespace parley::actors {
namespace {

using std::chrono::milliseconds;

/// Users of one look-up.
constexpr std::size_t chunk = 500;

auto result_of(const chat::error* why) -> chat::expected<void> {
  if (why == nullptr) return {};
  return chat::unexpected{*why};
}

}  // namespace

jobs_actor::job::job(const char* name, std::uint64_t every_ms, telemetry::job_metrics& given)
    : figures(given) {
  status.name = name;
  status.every_ms = every_ms;
}

jobs_actor::jobs_actor(caf::actor_config& config, environment& env)
    : caf::event_based_actor(config),
      env_(env),
      delivered_("mark-messages-delivered", env.options.chat.sweep_interval_ms,
                 env.metrics.delivered_job),
      letters_("count-dead-letters", env.options.chat.sweep_interval_ms, env.metrics.letters_job) {}

auto jobs_actor::make_behavior() -> caf::behavior {
  const milliseconds interval{env_.options.chat.sweep_interval_ms};
  delayed_send(this, interval, tick_atom::value);
  return {
      [this, interval](tick_atom) {
        delayed_send(this, interval, tick_atom::value);
        if (delivered_.open == 0) mark_delivered();
        if (letters_.open == 0) count_dead_letters();
      },
      [this](const chat::caller&, const chat::list_jobs&) { return list(); },
  };
}

auto jobs_actor::list() const -> chat::job_list { return {delivered_.status, letters_.status}; }

void jobs_actor::begin(job& which) {
  which.began = env_.clock.steady_now();
  which.began_at = env_.clock.now();
  which.error.clear();
  which.status.is_running = true;
  which.open = 1;
}

void jobs_actor::finish(job& which, const chat::expected<void>& part) {
  if (!part && which.error.empty())
    which.error = std::string{to_string(part.error().code)} + ": " + part.error().detail;
  if (--which.open > 0) return;
  const auto took = env_.clock.steady_now() - which.began;
  auto& status = which.status;
  status.is_running = false;
  status.last_run_at = which.began_at;
  status.last_duration_ms = std::chrono::duration_cast<milliseconds>(took).count();
  status.last_error = which.error;
  const bool failed = !which.error.empty();
  ++(failed ? status.failures : status.runs);
  (failed ? which.figures.failures : which.figures.runs).Increment();
  which.figures.duration_seconds.Set(std::chrono::duration<double>(took).count());
  if (failed) return spdlog::warn("job {} failed: {}", status.name, which.error);
  which.figures.last_success.Set(static_cast<double>(env_.clock.now().ms) / 1000.0);
}

// -- mark-messages-delivered ------------------------------------------------------------------------

void jobs_actor::mark_delivered() {
  begin(delivered_);
  request(env_.presence, caf::infinite, online_users{})
      .then([this](const std::vector<chat::user_id>& online) { sweep(online); },
            [this](const caf::error& why) {
              const auto error = from_caf(why);
              finish(delivered_, result_of(&error));
            });
}

void jobs_actor::sweep(std::vector<chat::user_id> online) {
  for (std::size_t at = 0; at < online.size(); at += chunk) {
    const auto end = std::min(at + chunk, online.size());
    std::vector<chat::user_id> some(online.begin() + static_cast<std::ptrdiff_t>(at),
                                    online.begin() + static_cast<std::ptrdiff_t>(end));
    ++delivered_.open;
    using pairs = std::vector<std::pair<chat::user_id, chat::conversation_id>>;
    ask_database(
        this, env_.reader(),
        [some](storage::store& store) { return store.undelivered_in(some); },
        [this](const chat::expected<pairs>& found) {
          if (found)
            for (const auto& [user, where] : *found) mark(user, where);
          finish(delivered_, result_of(found ? nullptr : &found.error()));
        });
  }
  finish(delivered_, {});
}

void jobs_actor::mark(const chat::user_id& user, chat::conversation_id where) {
  delivered_.figures.found.Increment();
  ++delivered_.status.found;
  chat::caller on_behalf;
  on_behalf.user = user;
  request(env_.registry, caf::infinite, find_conversation{where})
      .then([this, on_behalf, where](const caf::actor& owner) {
              send(owner, on_behalf, chat::mark{where, chat::message_status::delivered, 0});
            },
            [](const caf::error&) {});
}

// -- count-dead-letters -----------------------------------------------------------------------------

void jobs_actor::count_dead_letters() {
  begin(letters_);
  ask_database(
      this, env_.reader(), [](storage::store& store) { return store.count_dead_letters(); },
      [this](const chat::expected<std::uint64_t>& count) {
        if (count) {
          env_.metrics.dead_letters.Set(static_cast<double>(*count));
          letters_.status.found = *count;
        }
        finish(letters_, result_of(count ? nullptr : &count.error()));
      });
}

}  // namespace parley::actors
