#pragma once

#include <deque>
#include <string>
#include <vector>

#include "bench/load/connection_pool.hpp"
#include "bench/load/options.hpp"
#include "bench/load/room.hpp"
#include "bench/measure/histogram.hpp"
#include "bench/measure/usage.hpp"

namespace parley::bench {

/// What a run under load has measured, between `begin` and `end`.
struct load_result {
  usage begin;
  usage end;
  std::uint64_t deliveries = 0;    ///< MessageReceived read
  std::uint64_t other_events = 0;  ///< read beside them: notifications, receipts, presence...
  std::uint64_t messages = 0;      ///< acked and delivered to every member
  std::uint64_t never_begun = 0;   ///< open loop: due, but not sent by the end
  std::size_t largest_read = 0;    ///< bytes found unread on one connection
  histogram delivery_latency;      ///< send to delivery, per delivery
  histogram ack_latency;           ///< send to completion, per message
};

/// Rooms under load: opens, joins, warms up, measures, drains. Closed loop: `in_flight` messages
/// per room, the next one leaves when one is acked and delivered to all. Open loop (`rate`): a
/// message leaves at its time whatever happened to those before; latency counts from that time.
class load_run : public connection_listener {
 public:
  explicit load_run(const options& opts);

  /// @throws run_failure, also when the server lost, doubled or disordered a delivery
  auto run() -> load_result;

  void on_open(connection&) override {}
  void on_record(connection& from, const hub_record& record) override;

 private:
  void create_rooms();
  void join_all();
  void run_until(std::int64_t end);
  void drain();
  void check_progress(std::int64_t now);
  auto due_time(std::uint64_t number) const -> std::int64_t;
  void make_due(std::int64_t now);
  void send_due(std::uint32_t room_index);
  void send_message(std::uint32_t room_index, std::uint32_t sender, std::int64_t sent_at);
  void on_delivery(connection& from, const hub_record& record);
  void on_completion(connection& from, const hub_record& record);
  void after(std::uint32_t room_index, const room::outcome& what);
  auto is_measured(std::int64_t at) const -> bool {
    return at >= measure_from_ && at < measure_to_;
  }
  // Also what was due before the time and came in it, or came after it: lateness must not hide.
  auto is_timed(std::int64_t sent_at, std::int64_t now) const -> bool {
    return now >= measure_from_ && sent_at < measure_to_;
  }

  const options& options_;
  connection_pool pool_;
  std::vector<room> rooms_;
  std::vector<std::deque<std::int64_t>> due_;  ///< open loop: intended times not sent yet, per room
  load_result result_;
  std::uint32_t joined_ = 0;
  std::uint64_t next_due_ = 0;  ///< open loop: how many have become due
  std::int64_t load_from_ = 0;
  std::int64_t measure_from_ = INT64_MAX;
  std::int64_t measure_to_ = INT64_MAX;
  std::int64_t next_check_at_ = 0;
  bool is_sending_ = false;
  std::string record_;  ///< scratch of send_message
};

}  // namespace parley::bench
