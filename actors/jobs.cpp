#include "actors/jobs.hpp"

#include <spdlog/spdlog.h>

#include "actors/database.hpp"

namespace parley::actors {
namespace {

using std::chrono::milliseconds;

/// Users of one look-up.
constexpr std::size_t chunk = 500;

}  // namespace

jobs_actor::jobs_actor(caf::actor_config& config, environment& env)
    : caf::event_based_actor(config), env_(env) {}

auto jobs_actor::make_behavior() -> caf::behavior {
  const milliseconds interval{env_.options.chat.sweep_interval_ms};
  delayed_send(this, interval, tick_atom::value);
  return {[this, interval](tick_atom) {
    delayed_send(this, interval, tick_atom::value);
    if (open_ == 0) mark_delivered();
  }};
}

void jobs_actor::mark_delivered() {
  began_ = env_.clock.steady_now();
  failed_ = false;
  open_ = 1;
  request(env_.presence, caf::infinite, online_users{})
      .then([this](const std::vector<chat::user_id>& online) { sweep(online); },
            [this](const caf::error&) { finish(false); });
}

void jobs_actor::sweep(std::vector<chat::user_id> online) {
  for (std::size_t at = 0; at < online.size(); at += chunk) {
    const auto end = std::min(at + chunk, online.size());
    std::vector<chat::user_id> some(online.begin() + static_cast<std::ptrdiff_t>(at),
                                    online.begin() + static_cast<std::ptrdiff_t>(end));
    ++open_;
    using pairs = std::vector<std::pair<chat::user_id, chat::conversation_id>>;
    ask_database(
        this, env_.reader(),
        [some](storage::store& store) { return store.undelivered_in(some); },
        [this](const chat::expected<pairs>& found) {
          if (found)
            for (const auto& [user, where] : *found) mark(user, where);
          finish(found.has_value());
        });
  }
  finish(true);
}

void jobs_actor::mark(const chat::user_id& user, chat::conversation_id where) {
  env_.metrics.delivered_job.found.Increment();
  chat::caller on_behalf;
  on_behalf.user = user;
  request(env_.registry, caf::infinite, find_conversation{where})
      .then([this, on_behalf, where](const caf::actor& owner) {
              send(owner, on_behalf, chat::mark{where, chat::message_status::delivered, 0});
            },
            [](const caf::error&) {});
}

void jobs_actor::finish(bool ok) {
  failed_ |= !ok;
  if (--open_ > 0) return;
  auto& figures = env_.metrics.delivered_job;
  const std::chrono::duration<double> took = env_.clock.steady_now() - began_;
  (failed_ ? figures.failures : figures.runs).Increment();
  figures.duration_seconds.Set(took.count());
  if (failed_) return spdlog::warn("job mark-messages-delivered failed");
  figures.last_success.Set(static_cast<double>(env_.clock.now().ms) / 1000.0);
}

}  // namespace parley::actors
