#include "bench/load/connection_pool.hpp"

#include <sys/epoll.h>
#include <sys/prctl.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "bench/measure/clock.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

constexpr std::uint32_t max_opening = 256;               // handshakes under way at once
constexpr std::uint32_t connections_per_source = 12000;  // two sockets each, of Linux's 28,232 ports
constexpr std::uint32_t loopback = 0x7f000000;
constexpr std::uint32_t files_besides = 32;
constexpr std::int64_t open_patience_ns = 30 * ns_per_second;
constexpr std::int64_t millisecond_ns = 1'000'000;

}  // namespace

connection_pool::connection_pool(const options& opts, std::uint32_t count,
                                 connection_listener& listener)
    : options_(opts),
      mint_(opts),
      server_(parse_endpoint(opts.url)),
      protocol_(make_protocol(opts.protocol)) {
  io_.speaks = protocol_.get();
  io_.listener = &listener;
  io_.keeps_post_sockets = opts.idle == 0;
  if (opts.tls) io_.tls = make_tls_context();
  const auto sockets = opts.transport == "websocket" ? count : 2 * count;
  const auto files = raise_file_limit();
  if (files < sockets + files_besides) {
    cannot_run(std::to_string(sockets) + " sockets, but only " + std::to_string(files) +
               " open files are allowed");
  }
  io_.epoll = unique_fd(epoll_create1(EPOLL_CLOEXEC));
  for (std::uint32_t i = 0; i < count; ++i) 
    connections_.push_back(make_connection(opts.transport, i));
  prctl(PR_SET_TIMERSLACK, 1);  // else a short rest takes 50 us more
  read_gap_ns_ = static_cast<std::int64_t>(opts.read_gap_us * 1e3);
  ping_gap_ns_ = to_ns(opts.ping_seconds) / count;
}

auto connection_pool::usage_now() const -> usage {
  usage out;
  out.server = read_process(options_.server_pid);
  out.database = read_process(options_.database_pid);
  out.client = own_cpu();
  out.machine = read_machine();
  out.waited_ns = waited_ns_;
  out.bytes_read = io_.counts.bytes_read;
  out.reads = io_.counts.reads;
  out.at = now_ns();
  return out;
}

auto connection_pool::user(std::uint32_t index) const -> std::string {
  return options_.user_prefix + std::to_string(index);
}

auto connection_pool::room_name(std::uint32_t room) const -> std::string {
  return options_.user_prefix + "room-" + std::to_string(room);
}

void connection_pool::start(std::uint32_t index) {
  login who{server_, 0, {options_.hub_path, token(index), user(index), {}}, options_.negotiate};
  if (!protocol_->keeps().rooms_by_rest && options_.idle == 0)
    who.who.room = room_name(index / options_.members);
  if (server_.is_loopback()) who.source_address = loopback + 1 + index / connections_per_source;
  connections_[index]->start(std::move(who), io_);
}

// Connections open nearly in the order they were started, so the open ones are counted from the
// front; a straggler only makes the count too low for a moment.
auto connection_pool::count_open(std::uint32_t started) -> std::uint32_t {
  while (known_open_ < started && connections_[known_open_]->is_open()) ++known_open_;
  return known_open_;
}

void connection_pool::open_all() {
  const auto gap = ns_per_second / options_.connects_per_second;
  auto next_start = now_ns();
  auto progress_at = next_start;
  std::uint32_t started = 0;
  while (count_open(started) < size()) {
    const auto before = known_open_;
    const auto now = now_ns();
    while (started < size() && started - known_open_ < max_opening && next_start <= now) {
      start(started++);
      next_start += gap;
    }
    poll(now + millisecond_ns);
    if (count_open(started) != before) progress_at = now;
    if (now - progress_at > open_patience_ns) cannot_run("no connection opens any more");
  }
  next_ping_at_ = now_ns() + ping_gap_ns_;
}

void connection_pool::poll(std::int64_t wake_at) {
  wait(next_ping_at_ == 0 ? wake_at : std::min(wake_at, next_ping_at_));
  if (next_ping_at_ != 0 && ping_gap_ns_ != 0) ping_due(now_ns());
}

void connection_pool::rest(std::int64_t now, std::int64_t until) {
  const auto end = std::min(rest_until_, until);
  if (end <= now) return;
  const timespec at{end / ns_per_second, end % ns_per_second};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr);
}

void connection_pool::wait(std::int64_t until) {
  static constexpr int max_events = 512;
  std::array<epoll_event, max_events> events;
  const auto start = now_ns();
  rest(start, until);
  const auto left = std::max<std::int64_t>(until - now_ns(), 0);
  const timespec timeout{left / ns_per_second, left % ns_per_second};
  const int count = epoll_pwait2(io_.epoll.get(), events.data(), max_events, &timeout, nullptr);
  const auto awake = now_ns();
  waited_ns_ += awake - start;
  if (count > 0) rest_until_ = awake + read_gap_ns_;
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    static_cast<link*>(event.data.ptr)->on_ready(event.events, io_);
  }
}

void connection_pool::ping_due(std::int64_t now) {
  while (next_ping_at_ <= now) {
    connections_[next_ping_]->ping(io_);
    next_ping_ = (next_ping_ + 1) % size();
    next_ping_at_ += ping_gap_ns_;
  }
}

}  // namespace parley::bench
