#include "actors/storage/database.hpp"

#include <algorithm>
#include <deque>
#include <limits>

#include "actors/steady_actor.hpp"
#include "actors/watched_actor.hpp"

namespace parley::actors {
namespace {

using std::chrono::milliseconds;

/// Jobs that may stand in a line when one more comes, of either kind.
constexpr std::size_t max_calls = 10'000;
constexpr std::size_t max_background = 100'000;
/// How late a late answer may be.
constexpr milliseconds tick_interval{100};
constexpr auto never = chat::clock::steady::max();

/// Owns one store and runs the jobs sent to it, one after the other, on a thread of its own.
class database_actor final : public steady_actor {
 public:
  database_actor(caf::actor_config& config, environment& env, std::unique_ptr<storage::store> store,
                 telemetry::persistence_metrics* figures)
      : steady_actor(config), env_(env), store_(std::move(store)), figures_(figures) {}

  auto make_behavior() -> caf::behavior override {
    return {[this](const database_job& job) { return on_job(job); }};
  }

 private:
  auto on_job(const database_job& job) -> any_result {
    const auto begin = env_.clock.steady_now();
    auto result = job.run(*store_);
    const std::chrono::duration<double> took = env_.clock.steady_now() - begin;
    if (figures_ == nullptr) {
      env_.metrics.query_seconds.Observe(took.count());
    } else {
      figures_->batch_rows.Observe(1);
      figures_->rows.Increment();
      figures_->commit_seconds.Observe(took.count());
    }
    return {std::move(result)};
  }

  environment& env_;
  std::unique_ptr<storage::store> store_;
  telemetry::persistence_metrics* figures_;
};

/// Keeps the line before some database actors, which block: it never does. They end together.
class desk final : public watched_actor {
 public:
  /// @param figures of a writer, whose jobs are run in order; null for readers
  desk(caf::actor_config& config, environment& env, stores all,
       telemetry::persistence_metrics* figures)
      : watched_actor(config, env.metrics.pool_turns),
        env_(env),
        figures_(figures),
        stores_(std::move(all)) {}

  auto make_behavior() -> caf::behavior override {
    for (auto& store : std::exchange(stores_, {}))
      idle_.push_back(
          spawn<database_actor, caf::detached + caf::linked>(env_, std::move(store), figures_));
    return {
        [this](database_job& job) { on_job(job); },
        [this](tick_atom) { on_tick(); },
    };
  }

  void on_exit() override {
    for (auto* line : {&calls_, &background_})
      for (auto& one : *line) refuse(one, chat::errc::unavailable, "the server is stopping");
    for (auto& one : running_) give_up(one, "the server is stopping");
    calls_.clear();
    background_.clear();
    running_.clear();
    idle_.clear();
  }

 private:
  struct waiting {
    database_job job;
    chat::clock::steady until{};
    caf::response_promise reply;
    std::uint64_t number = 0;  ///< names it while it runs
  };

  void on_job(database_job& job) {
    // Among writers nobody overtakes: the last answer is the truth.
    const bool is_call = figures_ != nullptr || job.patience <= call_patience;
    auto& line = is_call ? calls_ : background_;
    const auto until = env_.clock.steady_now() + job.patience;
    waiting one{std::move(job), until, make_response_promise()};
    if (line.size() >= (one.job.patience <= call_patience ? max_calls : max_background))
      return refuse(one, chat::errc::busy, "too many questions wait for the store");
    line.push_back(std::move(one));
    next_due_ = std::min(next_due_, until);
    hand_out();
    tick_later();
  }

  void hand_out() {
    while (!idle_.empty() && !(calls_.empty() && background_.empty())) {
      is_background_next_ = !is_background_next_;
      auto& line = calls_.empty() || (is_background_next_ && !background_.empty()) ? background_
                                                                                   : calls_;
      auto one = std::move(line.front());
      line.pop_front();
      begin(std::move(one));
    }
    if (figures_ != nullptr)
      figures_->backlog_rows.Set(static_cast<double>(calls_.size() + background_.size()));
  }

  void begin(waiting one) {
    const auto worker = std::move(idle_.back());
    idle_.pop_back();
    const auto number = one.number = ++begun_;
    auto job = std::move(one.job);
    running_.push_back(std::move(one));
    request(worker, caf::infinite, std::move(job))
        .then([this, worker, number](any_result& result) {
                end(number, result);
                idle_.push_back(worker);
                hand_out();
              },
              [](const caf::error&) {});  // a worker that ends takes the desk with it
  }

  void end(std::uint64_t number, any_result& result) {
    const auto at = std::find_if(running_.begin(), running_.end(),
                                 [number](const waiting& one) { return one.number == number; });
    if (at->reply.pending()) at->reply.deliver(std::move(result));
    running_.erase(at);
  }

  static void refuse(waiting& one, chat::errc code, const char* why) {
    if (one.reply.pending()) one.reply.deliver(to_caf({code, why}));
  }

  /// Its answer may still come, and nobody will hear it.
  void give_up(waiting& one, const char* why) {
    const bool may_have_written = figures_ != nullptr;
    refuse(one, may_have_written ? chat::errc::unknown : chat::errc::unavailable, why);
    one.until = never;
  }

  void tick_later() {
    const bool is_empty = calls_.empty() && background_.empty() && running_.empty();
    if (is_empty || std::exchange(is_ticking_, true)) return;
    delayed_send(this, tick_interval, tick_atom::value);
  }

  void on_tick() {
    is_ticking_ = false;
    const auto now = env_.clock.steady_now();
    if (next_due_ <= now) end_overdue(now);
    tick_later();
  }

  void end_overdue(chat::clock::steady now) {
    next_due_ = never;
    const auto is_over = [&](waiting& one) {
      next_due_ = one.until > now ? std::min(next_due_, one.until) : next_due_;
      return one.until <= now;
    };
    for (auto* line : {&calls_, &background_})
      std::erase_if(*line, [&](waiting& one) {
        if (!is_over(one)) return false;
        refuse(one, chat::errc::unavailable, "the database did not answer in time");
        return true;
      });
    for (auto& one : running_)
      if (is_over(one)) give_up(one, "the database did not answer in time");
  }

  environment& env_;
  telemetry::persistence_metrics* figures_;
  stores stores_;  ///< until its workers have them
  std::vector<caf::actor> idle_;
  std::deque<waiting> calls_;
  std::deque<waiting> background_;
  std::vector<waiting> running_;  ///< without their jobs
  std::uint64_t begun_ = 0;
  chat::clock::steady next_due_ = never;
  bool is_background_next_ = false;
  bool is_ticking_ = false;
};

}  // namespace

auto error_of(const caf::error& why) -> chat::error {
  if (is_receiver_down(why)) return {chat::errc::unavailable, "the server is stopping"};
  return from_caf(why);
}

auto spawn_readers(caf::actor_system& system, environment& env, stores all) -> caf::actor {
  telemetry::persistence_metrics* none = nullptr;
  return system.spawn<desk>(env, std::move(all), none);
}

auto spawn_room_writer(caf::actor_system& system, environment& env,
                       std::unique_ptr<storage::store> store) -> caf::actor {
  stores one;
  one.push_back(std::move(store));
  return system.spawn<desk>(env, std::move(one), &env.metrics.room_writer);
}

}  // namespace parley::actors
