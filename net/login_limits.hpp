#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "config/options.hpp"

namespace parley::net {

/// Tries of /auth/token and /auth/register, counted before anything is hashed, over all io threads:
/// `limits.logins_per_min` each minute, and at once, per account name and per address. A name that
/// no account has is counted like any other. @thread any
class login_limits {
 public:
  using steady = std::chrono::steady_clock::time_point;
  using seconds = std::chrono::seconds;

  explicit login_limits(const config::limit_options& limits) : limits_(limits) {}

  /// Counts a try, unless it is refused: then nothing is counted, and the answer is how long to
  /// wait, at least a second.
  /// @param address    of the peer, as text
  /// @param user_name  the account; empty: a registration, which counts for the address alone
  auto take(const std::string& address, const std::string& user_name, steady now)
      -> std::optional<seconds>;

 private:
  /// By key, when as many tries as came would have been due, evenly spaced (GCRA).
  using schedule = std::unordered_map<std::string, steady>;

  void forget_idle(schedule& of, steady now);

  const config::limit_options& limits_;
  std::mutex mutex_;
  schedule by_address_;
  schedule by_name_;
  std::size_t sweep_at_ = 1'024;
};

/// What stands for an address: an IPv6 customer has a whole /64 network.
auto network_of(const std::string& address) -> std::string;

}  // namespace parley::net
