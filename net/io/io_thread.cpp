#include "net/io/io_thread.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <iterator>
#include <utility>
#include <vector>

#include "telemetry/asio_turns.hpp"
#include "telemetry/metrics.hpp"

namespace parley::net {
namespace {

using std::chrono::milliseconds;

/// While the server drains: a round of goodbyes this often, and so long for each connection.
constexpr milliseconds goodbye_interval{20};
constexpr milliseconds goodbye_pace{2};

/// A quarter of the shortest deadline, so that none is missed by much.
auto tick_of(const config::options& options) -> milliseconds {
  const auto& hub = options.hub;
  const auto shortest = std::min({hub.keep_alive_ms, hub.client_timeout_ms,
                                  hub.handshake_timeout_ms, hub.disconnect_timeout_ms,
                                  hub.resume_timeout_ms});
  return milliseconds{std::clamp<std::uint32_t>(shortest / 4, 10, 1'000)};
}

}  // namespace

io_thread::io_thread(const config::options& options)
    : io_(1),
      governor_(io_, std::chrono::microseconds{options.hub.flush_gap_us}),
      timer_(io_),
      goodbye_timer_(io_),
      tick_(tick_of(options)),
      work_(io_.get_executor()) {}

io_thread::~io_thread() {
  stop();
  ended_ = true;
  governor_.forget_all();
}

void io_thread::start() {
  tick();
  thread_ = std::thread([this] {
    if (metrics_ != nullptr) telemetry::handler_turns = &metrics_->io_turns;
    io_.run();
  });
}

void io_thread::stop() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

void io_thread::tick() {
  timer_.expires_after(tick_);
  timer_.async_wait([this](boost::system::error_code stopped) {
    if (stopped) return;
    tell_connections();
    tick();
  });
}

void io_thread::tell_connections() {
  const auto now = std::chrono::steady_clock::now();
  const auto removed_before = removed_;
  std::size_t unsent = 0;
  // A tick may end a connection, which removes it, or another.
  const auto is_here = [&](connection* who) {
    return removed_ == removed_before || connections_.contains(who);
  };
  for (auto* who : std::vector(connections_.begin(), connections_.end())) {
    if (is_here(who)) who->on_tick(now);
    if (is_here(who)) unsent += who->unsent_bytes();
  }
  report_unsent(unsent);
}

void io_thread::report_unsent(std::size_t unsent) {
  const auto change = static_cast<double>(unsent) - static_cast<double>(reported_unsent_);
  if (change != 0) metrics_->outbox_bytes.Increment(change);
  reported_unsent_ = unsent;
}

// -- the end ------------------------------------------------------------------------------------------------

void io_thread::add(connection& who) {
  if (connections_.insert(&who).second && who.is_lasting()) ++lasting_;
  if (!is_closing_) return;
  // Its socket was accepted just before the listener closed. It is being made: it is told when it is.
  boost::asio::post(io_, [this, late = &who] {
    if (connections_.contains(late)) late->shut_down();
  });
}

void io_thread::remove(connection& who) {
  if (connections_.erase(&who) == 0) return;
  ++removed_;
  if (who.is_lasting()) --lasting_;
  check_drained();
}

void io_thread::drain(milliseconds spread, std::function<void()> done) {
  drained_ = std::move(done);
  std::copy_if(connections_.begin(), connections_.end(), std::back_inserter(leaving_),
               [](const connection* one) { return one->is_lasting(); });
  const auto wanted = std::min<milliseconds>(spread, goodbye_pace * leaving_.size());
  const auto rounds = std::max<std::size_t>(1, static_cast<std::size_t>(wanted / goodbye_interval));
  goodbyes_at_once_ = (leaving_.size() + rounds - 1) / rounds;
  say_goodbyes();
}

void io_thread::say_goodbyes() {
  for (std::size_t i = 0; i < goodbyes_at_once_ && !leaving_.empty(); ++i) {
    auto* const next = leaving_.back();
    leaving_.pop_back();
    if (connections_.contains(next)) next->shut_down();
  }
  if (leaving_.empty()) {
    // Those that were being set up when the draining began.
    for (auto* who : std::vector(connections_.begin(), connections_.end()))
      if (connections_.contains(who) && who->is_lasting()) who->shut_down();
    return check_drained();
  }
  goodbye_timer_.expires_after(goodbye_interval);
  goodbye_timer_.async_wait([this](boost::system::error_code stopped) {
    if (!stopped) say_goodbyes();
  });
}

void io_thread::close_rest(std::function<void()> done) {
  emptied_ = std::move(done);
  is_closing_ = true;
  for (auto* who : std::vector(connections_.begin(), connections_.end()))
    if (connections_.contains(who)) who->shut_down();
  check_drained();
}

void io_thread::check_drained() {
  if (drained_ && lasting_ == 0 && leaving_.empty()) std::exchange(drained_, nullptr)();
  if (emptied_ && connections_.empty()) std::exchange(emptied_, nullptr)();
}

}  // namespace parley::net
