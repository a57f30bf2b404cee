#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "chat/expected.hpp"
#include "chat/ids.hpp"
#include "chat/token_bucket.hpp"
#include "config/options.hpp"
#include "telemetry/metrics.hpp"

namespace parley::actors {

struct environment;

/// The rates of one user, over all its connections and REST calls on all io threads. @thread any
class user_budget {
 public:
  using steady = chat::token_bucket::steady;
  /// Nothing: go ahead. Else how long to wait.
  using verdict = std::optional<std::chrono::milliseconds>;

  explicit user_budget(const config::limit_options& limits);

  auto take_send(steady now) -> verdict;
  auto take_signal(steady now) -> verdict;   ///< typing, receipt or presence call
  auto take_call(steady now) -> verdict;     ///< anything, by hub or by REST
  /// All rates are where a new budget would have them.
  auto is_full(steady now) -> bool;

 private:
  std::mutex mutex_;
  chat::token_bucket sends_;
  chat::token_bucket sends_of_minute_;
  chat::token_bucket signals_;
  chat::token_bucket calls_;
};

/// The budgets of all users. One that nobody holds and that is full is forgotten, so that memory
/// follows who acted in the last minute. One lock, taken by the first command of a session. @thread any
class user_budgets {
 public:
  explicit user_budgets(const config::options& options) : limits_(options.limits) {}
  auto of(const chat::user_id& user) -> std::shared_ptr<user_budget>;

 private:
  void forget_full();

  const config::limit_options& limits_;
  std::mutex mutex_;
  std::unordered_map<chat::user_id, std::shared_ptr<user_budget>> budgets_;
  std::size_t sweep_at_ = 1'024;
};

/// The refusal of what went over a rate, counted.
auto over_rate(const char* why, std::chrono::milliseconds wait, prometheus::Counter& limit)
    -> chat::unexpected;

/// Takes a call from the budget of whoever asks. @errors errc::rate_limited  @thread any
auto charge_call(environment& env, user_budget& of) -> chat::expected<void>;
/// The same for a call that no session sees, as it cannot be run. Nobody (an empty id) pays nothing.
auto charge_call(environment& env, const chat::user_id& who) -> chat::expected<void>;

}  // namespace parley::actors
