#include "bench/load/load_run.hpp"

#include <algorithm>

#include "bench/load/http_client.hpp"
#include "bench/measure/clock.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

constexpr int completion_type = 3;
constexpr std::string_view join_id = "join";
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
  result_.begin = take_usage();
  measure_from_ = now_ns();
  measure_to_ = measure_from_ + to_ns(options_.seconds);
  run_until(measure_to_);
  result_.end = take_usage();
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
  http_client http(parse_endpoint(options_.url));
  for (std::uint32_t i = 0; i < options_.rooms; ++i) {
    create_room(i, http);
    pool_.poll(0);
  }
}

void load_run::create_room(std::uint32_t index, http_client& http) {
  const auto owner = index * options_.members;
  std::string body = R"({"type":"Group","title":"Room )" + std::to_string(index);
  body += R"(","participantIds":[)";
  for (std::uint32_t m = 0; m < options_.members; ++m) {
    body += (m == 0 ? "\"" : ",\"") + pool_.user(owner + m) + "\"";
  }
  body += "]}";
  const auto answer = http.post("/messaging/conversations", pool_.token(owner), body);
  hub_record created;
  if (answer.status / 100 != 2 || !scan_record(answer.body, created) ||
      created.conversation_id.empty()) {
    cannot_run("no room made: " + std::to_string(answer.status) + " " + answer.body);
  }
  rooms_.emplace_back(index, std::string(created.conversation_id), options_.members,
                      pool_.speaks().keeps());
}

void load_run::join_all() {
  if (!pool_.speaks().keeps().rooms_by_rest) return;
  std::uint32_t asked = 0;
  const auto patience_end = now_ns() + join_patience_ns;
  while (joined_ < pool_.size()) {
    for (; asked < pool_.size() && asked - joined_ < max_joining; ++asked) {
      const auto& id = rooms_[asked / options_.members].conversation_id();
      record_ = R"({"type":1,"target":"JoinConversation","invocationId":"join","arguments":[")";
      record_ += id + "\"]}" + record_end;
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

auto load_run::take_usage() -> usage {
  usage out;
  out.server = read_process(options_.server_pid);
  out.database = read_process(options_.database_pid);
  out.client = own_cpu();
  out.machine = read_machine();
  out.waited_ns = pool_.waited_ns();
  out.bytes_read = pool_.io().counts.bytes_read;
  out.reads = pool_.io().counts.reads;
  out.at = now_ns();
  return out;
}

}  // namespace parley::bench
