#include "actors/upkeep/jobs.hpp"

#include "actors/conversation/unfinished.hpp"
#include "actors/storage/database.hpp"

namespace parley::actors {
namespace {

using std::chrono::milliseconds;

/// Users of one look-up.
constexpr std::size_t chunk = 500;
/// Creations that are looked for: those of so long ago up to so long ago.
constexpr milliseconds unfinished_reach{std::chrono::hours{24} * 30};
constexpr milliseconds unfinished_age{std::chrono::hours{1}};
/// Conversations of one look.
constexpr std::size_t walk_step = 200;

auto result_of(const chat::error* why) -> chat::expected<void> {
  if (why == nullptr) return {};
  return chat::unexpected{*why};
}

}  // namespace

jobs_actor::jobs_actor(caf::actor_config& config, environment& env)
    : watched_actor(config, env.metrics.pool_turns),
      env_(env),
      delivered_("mark-messages-delivered", env.options.chat.sweep_interval_ms, env.clock,
                 env.metrics.delivered_job),
      letters_("count-dead-letters", env.options.chat.sweep_interval_ms, env.clock,
               env.metrics.letters_job) {}

auto jobs_actor::make_behavior() -> caf::behavior {
  const milliseconds interval{env_.options.chat.sweep_interval_ms};
  delayed_send(this, interval, tick_atom::value);
  find_unfinished({chat::timestamp{env_.clock.now().ms - unfinished_reach.count()}, {}, false});
  return {
      [this, interval](tick_atom) {
        delayed_send(this, interval, tick_atom::value);
        if (!delivered_.is_running()) mark_delivered();
        if (!letters_.is_running()) count_dead_letters();
      },
      [this](const chat::caller& from, const chat::list_jobs& what) { list(from, what); },
  };
}

void jobs_actor::list(const chat::caller& from, const chat::list_jobs& what) {
  auto reply = make_response_promise();
  request(env_.attachment_cleaner, caf::infinite, from, what)
      .then(
          [this, reply](const chat::job_list& others) mutable {
            chat::job_list all{delivered_.status(), letters_.status()};
            all.insert(all.end(), others.begin(), others.end());
            reply.deliver(std::move(all));
          },
          [reply](const caf::error& why) mutable { reply.deliver(why); });
}

// -- creations that an end of the server cut off -----------------------------------------------------

/// Once, at the start. Others may be at work on what is younger: it is left for the next start.
void jobs_actor::find_unfinished(storage::unfinished_mark from) {
  struct walked {
    std::vector<chat::conversation_id> found;
    storage::unfinished_mark mark;
  };
  const chat::timestamp before{env_.clock.now().ms - unfinished_age.count()};
  ask_database(
      this, env_.reader(),
      [from, before](storage::store& store) -> chat::expected<walked> {
        walked now{{}, from};
        auto found = store.find_unfinished(before, walk_step, now.mark);
        if (!found) return chat::unexpected{found.error()};
        now.found = std::move(*found);
        return now;
      },
      [this](const chat::expected<walked>& now) {
        if (!now) return;
        for (const auto& id : now->found) drop_unfinished(this, env_, id);
        if (!now->mark.is_done) find_unfinished(now->mark);
      },
      background_patience);
}

// -- mark-messages-delivered ------------------------------------------------------------------------

void jobs_actor::mark_delivered() {
  delivered_.begin();
  request(env_.presence, caf::infinite, online_users{})
      .then([this](const std::vector<chat::user_id>& online) { sweep(online); },
            [this](const caf::error& why) {
              const auto error = from_caf(why);
              delivered_.end_part(result_of(&error));
            });
}

void jobs_actor::sweep(std::vector<chat::user_id> online) {
  for (std::size_t at = 0; at < online.size(); at += chunk) {
    const auto end = std::min(at + chunk, online.size());
    std::vector<chat::user_id> some(online.begin() + static_cast<std::ptrdiff_t>(at),
                                    online.begin() + static_cast<std::ptrdiff_t>(end));
    delivered_.add_part();
    using pairs = std::vector<std::pair<chat::user_id, chat::conversation_id>>;
    ask_database(
        this, env_.reader(),
        [some](storage::store& store) { return store.undelivered_in(some); },
        [this](const chat::expected<pairs>& found) {
          if (found)
            for (const auto& [user, where] : *found) mark(user, where);
          delivered_.end_part(result_of(found ? nullptr : &found.error()));
        },
        background_patience);
  }
  delivered_.end_part({});
}

void jobs_actor::mark(const chat::user_id& user, chat::conversation_id where) {
  delivered_.add_found(1);
  chat::caller on_behalf;
  on_behalf.user = user;
  request(env_.registry, caf::infinite, find_conversation{where})
      .then([on_behalf, where](const caf::actor& owner) {
              caf::anon_send(owner, on_behalf, chat::mark{where, chat::message_status::delivered, 0});
            },
            [](const caf::error&) {});
}

// -- count-dead-letters -----------------------------------------------------------------------------

void jobs_actor::count_dead_letters() {
  letters_.begin();
  ask_database(
      this, env_.reader(), [](storage::store& store) { return store.count_dead_letters(); },
      [this](const chat::expected<std::uint64_t>& count) {
        if (count) {
          env_.metrics.dead_letters.Set(static_cast<double>(*count));
          letters_.set_found(*count);
        }
        letters_.end_part(result_of(count ? nullptr : &count.error()));
      },
      background_patience);
}

}  // namespace parley::actors
