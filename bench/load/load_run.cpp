#include "bench/load/load_run.hpp"

#include <algorithm>

#include "bench/load/conversation_maker.hpp"
#include "bench/load/phases.hpp"
#include "bench/measure/clock.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

constexpr int completion_type = 3;
constexpr std::uint32_t max_joining = 256;  // joins under way at once
constexpr std::int64_t poll_ns = 10'000'000;
constexpr std::int64_t check_gap_ns = ns_per_second / 2;
constexpr std::int64_t linger_ns = ns_per_second / 5;  // repeated deliveries may still come
constexpr std::int64_t join_patience_ns = 30 * ns_per_second;

}  // namespace

load_run::load_run(const options& opts)
    : options_(opts), pool_(opts, opts.rooms * opts.members, *this), due_(opts.rooms) {}

auto load_run::run() -> load_result {
  pool_.open_all();
  create_rooms();
  join_all();
  is_sending_ = true;
  load_from_ = now_ns();
  for (std::uint32_t i = 0; i < options_.rooms; ++i) send_due(i);
  run_until(load_from_ + to_ns(options_.warmup));
  pool_.io().counts.largest_read = 0;
  announce(options_, "measuring");
  result_.begin = pool_.usage_now();
  measure_from_ = now_ns();
  measure_to_ = measure_from_ + to_ns(options_.seconds);
  run_until(measure_to_);
  result_.end = pool_.usage_now();
  announce(options_, "measured");
  result_.largest_read = pool_.io().counts.largest_read;
  for (const auto& waiting : due_) result_.never_begun += waiting.size();
  drain();
  return std::move(result_);
}

void load_run::create_rooms() {
  if (!pool_.speaks().keeps().rooms_by_rest) {
    for (std::uint32_t i = 0; i < options_.rooms; ++i)
      rooms_.emplace_back(i, pool_.room_name(i), options_.members, pool_.speaks().keeps());
    return;
  }
  conversation_maker maker(options_, pool_);
  for (std::uint32_t i = 0; i < options_.rooms; ++i) {
    const auto first = i * options_.members;
    const auto id = options_.direct ? maker.make_direct(first, first + 1)
                                    : maker.make_group(first, options_.members);
    rooms_.emplace_back(i, id, options_.members, pool_.speaks().keeps());
    pool_.poll(0);
  }
}

void load_run::join_all() {
  if (!pool_.speaks().keeps().rooms_by_rest) return;
  std::uint32_t asked = 0;
  const auto patience_end = now_ns() + join_patience_ns;
  while (joined_ < pool_.size()) {
    for (; asked < pool_.size() && asked - joined_ < max_joining; ++asked) {
      const auto& id = rooms_[asked / options_.members].conversation_id();
      record_.clear();
      pool_.speaks().write_join(record_, id);
      pool_.at(asked).send_payload(record_, pool_.io());
    }
    pool_.poll(now_ns() + poll_ns);
    if (now_ns() > patience_end) cannot_run("not every member could join within 30 s");
  }
}

void load_run::run_until(std::int64_t end) {
  for (auto now = now_ns(); now < end; now = now_ns()) {
    auto wake_at = std::min(end, now + poll_ns);
    if (options_.rate > 0) {
      make_due(now);
      wake_at = std::min(wake_at, due_time(next_due_));
    }
    pool_.poll(wake_at);
    check_progress(now);
  }
}

void load_run::drain() {
  is_sending_ = false;
  const auto busy = [](const room& r) { return r.outstanding() != 0; };
  while (std::any_of(rooms_.begin(), rooms_.end(), busy)) {
    pool_.poll(now_ns() + poll_ns);
    check_progress(now_ns());
  }
  const auto end = now_ns() + linger_ns;
  while (now_ns() < end) pool_.poll(end);
}

void load_run::check_progress(std::int64_t now) {
  if (now < next_check_at_) return;
  next_check_at_ = now + check_gap_ns;
  for (const auto& each : rooms_) each.check_progress(now, to_ns(options_.stall_seconds));
}

auto load_run::due_time(std::uint64_t number) const -> std::int64_t {
  return load_from_ + to_ns(static_cast<double>(number) / options_.rate);
}

void load_run::make_due(std::int64_t now) {
  for (; due_time(next_due_) <= now; ++next_due_) {
    const auto index = static_cast<std::uint32_t>(next_due_ % options_.rooms);
    due_[index].push_back(due_time(next_due_));
    send_due(index);
  }
}

void load_run::send_due(std::uint32_t room_index) {
  if (!is_sending_) return;
  auto& target = rooms_[room_index];
  auto& due = due_[room_index];
  const bool is_closed_loop = options_.rate <= 0;
  while (is_closed_loop ? target.outstanding() < options_.in_flight : !due.empty()) {
    const auto sender = target.next_sender();
    if (sender == target.members()) return;  // all wait for acks; the next ack comes back here
    send_message(room_index, sender, is_closed_loop ? now_ns() : due.front());
    if (!is_closed_loop) due.pop_front();
  }
}

void load_run::send_message(std::uint32_t room_index, std::uint32_t sender, std::int64_t sent_at) {
  auto& target = rooms_[room_index];
  const auto number = target.begin_message(sender, sent_at, now_ns());
  record_.clear();
  pool_.speaks().write_send(record_, target.conversation_id(), number, options_.bytes);
  pool_.at(room_index * options_.members + sender).send_payload(record_, pool_.io());
}

void load_run::on_record(connection& from, const hub_record& record) {
  if (record.type == completion_type) return on_completion(from, record);
  if (record.target == "MessageReceived") return on_delivery(from, record);
  if (is_measured(pool_.io().read_at)) ++result_.other_events;
}

void load_run::on_delivery(connection& from, const hub_record& record) {
  const auto index = from.index() / options_.members;
  if (index >= rooms_.size()) check_failed("a delivery before its room was made");
  const auto now = pool_.io().read_at;
  const auto what = rooms_[index].on_delivery(from.index() % options_.members, record, now);
  if (is_measured(now)) ++result_.deliveries;
  if (is_timed(what.sent_at, now)) result_.delivery_latency.record(now - what.sent_at);
  after(index, what);
}

void load_run::on_completion(connection& from, const hub_record& record) {
  if (record.invocation_id == join_id) {
    if (!record.error.empty()) cannot_run("join refused: " + std::string(record.error));
    ++joined_;
    return;
  }
  const auto index = from.index() / options_.members;
  const auto now = pool_.io().read_at;
  const auto what = rooms_[index].on_ack(from.index() % options_.members, record, now);
  if (is_timed(what.sent_at, now)) result_.ack_latency.record(now - what.sent_at);
  after(index, what);
  if (!what.is_done) send_due(index);  // a sender may be free again
}

void load_run::after(std::uint32_t room_index, const room::outcome& what) {
  if (!what.is_done) return;
  if (is_measured(pool_.io().read_at)) ++result_.messages;
  send_due(room_index);
}

}  // namespace parley::bench
