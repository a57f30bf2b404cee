#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "bench/load/connection.hpp"
#include "bench/load/options.hpp"
#include "bench/load/token.hpp"
#include "bench/measure/usage.hpp"

namespace parley::bench {

/// All connections of a run, on one epoll loop and one thread; user n is `user_prefix` + n.
class connection_pool {
 public:
  /// @param listener  must outlive the pool
  connection_pool(const options& opts, std::uint32_t count, connection_listener& listener);

  /// Opens every connection, `connects_per_second` at most; returns when all handshakes are done.
  /// @throws run_failure when one is refused or nothing opens for 30 s
  void open_all();

  /// Starts one that is closed, as its user; on_open tells when it is there.
  void start(std::uint32_t index);

  /// Waits for readiness until `wake_at` (now_ns) at most, hands on what came, pings what is due.
  void poll(std::int64_t wake_at);

  auto at(std::uint32_t index) -> connection& { return *connections_[index]; }
  auto size() const -> std::uint32_t { return static_cast<std::uint32_t>(connections_.size()); }
  auto io() -> shared_io& { return io_; }
  /// Time spent in epoll or resting so far; the rest of the wall clock went into reading,
  /// checking and sending.
  auto waited_ns() const -> std::int64_t { return waited_ns_; }
  auto speaks() const -> const protocol& { return *protocol_; }
  auto usage_now() const -> usage;
  auto user(std::uint32_t index) const -> std::string;
  /// What a room is called that is not made over REST.
  auto room_name(std::uint32_t room) const -> std::string;
  auto token(std::uint32_t index) const -> std::string { return mint_.token_for(user(index)); }

 private:
  auto count_open(std::uint32_t started) -> std::uint32_t;
  void rest(std::int64_t now, std::int64_t until);
  void wait(std::int64_t until);
  void ping_due(std::int64_t now);

  const options& options_;
  token_mint mint_;
  endpoint server_;
  std::unique_ptr<const protocol> protocol_;
  shared_io io_;
  std::vector<std::unique_ptr<connection>> connections_;
  std::uint32_t known_open_ = 0;
  std::int64_t waited_ns_ = 0;
  std::int64_t read_gap_ns_ = 0;
  std::int64_t rest_until_ = 0;   ///< no reading before; set by a round that found something
  std::int64_t ping_gap_ns_ = 0;  ///< between two pings of the pool; 0 = none
  std::int64_t next_ping_at_ = 0;
  std::uint32_t next_ping_ = 0;
};

}  // namespace parley::bench
