#include "net/io_thread.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <vector>

#include "net/connection_host.hpp"

namespace parley::net {
namespace {

using std::chrono::milliseconds;

/// A quarter of the shortest deadline, so that none is missed by much.
auto tick_of(const config::options& options) -> milliseconds {
  const auto& hub = options.hub;
  const auto shortest = std::min({hub.keep_alive_ms, hub.client_timeout_ms,
                                  hub.handshake_timeout_ms, hub.disconnect_timeout_ms});
  return milliseconds{std::clamp<std::uint32_t>(shortest / 4, 10, 1'000)};
}

}  // namespace

io_thread::io_thread(const config::options& options)
    : io_(1),
      governor_(io_, std::chrono::microseconds{options.hub.flush_gap_us}),
      timer_(io_),
      tick_(tick_of(options)),
      work_(io_.get_executor()) {}

io_thread::~io_thread() {
  stop();
  ended_ = true;
  governor_.forget_all();
}

void io_thread::start() {
  tick();
  thread_ = std::thread([this] { io_.run(); });
}

void io_thread::stop() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

void io_thread::tick() {
  timer_.expires_after(tick_);
  timer_.async_wait([this](boost::system::error_code stopped) {
    if (stopped) return;
    const auto now = std::chrono::steady_clock::now();
    // A tick may end a connection, which removes it.
    for (auto* who : std::vector(connections_.begin(), connections_.end())) {
      if (connections_.contains(who)) who->on_tick(now);
    }
    report_unsent();
    tick();
  });
}

void io_thread::report_unsent() {
  std::size_t unsent = 0;
  for (const auto* who : connections_) unsent += who->unsent_bytes();
  const auto change = static_cast<double>(unsent) - static_cast<double>(reported_unsent_);
  if (change != 0) host_->metrics().outbox_bytes.Increment(change);
  reported_unsent_ = unsent;
}

void io_thread::shut_down_connections() {
  for (auto* who : std::vector(connections_.begin(), connections_.end()))
    if (connections_.contains(who)) who->shut_down();
}

}  // namespace parley::net
