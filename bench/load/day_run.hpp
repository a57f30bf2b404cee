#pragma once

#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "bench/load/crowd.hpp"
#include "bench/load/day_model.hpp"
#include "bench/load/follower.hpp"
#include "bench/load/scenario_run.hpp"
#include "bench/measure/histogram.hpp"

namespace parley::bench {

/// A mixed day: people of a seeded model come and go, post to large and small groups, read, type
/// and load history, each at its time whatever became of what they did before (an open loop:
/// latency counts from the time an action was due). In the evening all come back; then everybody
/// must have the whole history of every conversation, in one order.
class day_run final : public scenario_run, public connection_listener {
 public:
  explicit day_run(const options& opts);
  auto run() -> report override;
  void on_open(connection& from) override;
  void on_record(connection& from, const hub_record& record) override;

 private:
  using kind = day_action::kind;
  enum class presence : std::uint8_t { away, coming, there };

  struct person {
    presence is = presence::away;
    std::deque<day_action> waiting;  ///< due, and not begun
    std::uint32_t unacked = 0;       ///< posts
    std::int64_t came_at = 0;        ///< when coming was due
    std::vector<follower> followers;  ///< as the model's conversations of the user
  };

  void found_conversations();
  void live_until(std::int64_t end);
  void evening();
  void act(std::uint32_t user);
  void carry_out(person& who, const day_action& what);
  void come(std::uint32_t user, std::int64_t due);
  void go(std::uint32_t user);
  void post(std::uint32_t user, std::uint32_t conversation, std::int64_t due);
  void ask(std::uint32_t user, char mark, std::string_view target, const std::string& arguments,
           std::int64_t due);
  void on_delivery(const connection& from, const hub_record& record);
  void on_answer(connection& from, const hub_record& record);
  void on_caught_up(connection& from, const hub_record& record);
  void on_ack(const connection& from, const hub_record& record);
  auto follower_of(std::uint32_t user, std::uint32_t conversation) -> follower&;
  auto conversation_of(std::string_view id) const -> std::uint32_t;
  auto is_measured(std::int64_t due) const -> bool { return due >= measure_from_; }
  auto make_report(const usage& begin, const usage& end) -> report;

  struct sent_message {
    std::int64_t due;
    std::uint32_t conversation;
  };

  const options& options_;
  day_model model_;
  crowd crowd_;
  std::vector<person> people_;
  std::vector<ledger> ledgers_;  ///< by conversation
  std::unordered_map<std::string, std::uint32_t> numbers_;  ///< of conversations, by id
  std::vector<sent_message> sent_;
  std::vector<std::int64_t> asked_;  ///< when each question was due
  std::uint64_t acked_ = 0;
  day_action next_;
  std::int64_t began_at_ = 0;
  std::int64_t measure_from_ = INT64_MAX;
  std::uint64_t actions_ = 0;
  std::uint64_t posts_ = 0;
  std::uint64_t deliveries_ = 0;
  histogram delivery_latency_;
  histogram ack_latency_;
  histogram coming_latency_;
  histogram history_latency_;
  histogram chats_latency_;
};

}  // namespace parley::bench
