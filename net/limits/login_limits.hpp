#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "config/options.hpp"

namespace parley::net {

/// Tries of /auth/token and /auth/register, counted before anything is hashed, over all io threads
/// and connections. Each address has its rate (`limits.logins_per_ip_per_min`), each account one per
/// address (`logins_per_min`) and a larger one over all addresses (`logins_per_account_per_min`). The
/// last does not touch addresses from which the account was signed in to lately, so that strangers,
/// however many, cannot keep its owner out. A name that no account has is counted like any other.
/// @thread any
class login_limits {
 public:
  using steady = std::chrono::steady_clock::time_point;
  using seconds = std::chrono::seconds;

  /// An address from which an account was signed in to is known to it for so long, or until the
  /// process ends.
  static constexpr std::chrono::hours known_for{30 * 24};

  explicit login_limits(const config::limit_options& limits) : limits_(limits) {}

  /// Counts a try, unless it is refused: then nothing is counted, and the answer is how long to
  /// wait, at least a second.
  /// @param address    of the client, as peer::client_of() has it
  /// @param user_name  the account; empty: a registration, which counts for the address alone
  auto take(const std::string& address, const std::string& user_name, steady now)
      -> std::optional<seconds>;

  /// The try ended with a token.
  void succeeded(const std::string& address, const std::string& user_name, steady now);

 private:
  /// By key, when as many tries as came would have been due, evenly spaced (GCRA); or when it ends
  /// that an address is known.
  using schedule = std::unordered_map<std::string, steady>;

  /// Forgets what is over, when there is much.
  void sweep(steady now);

  const config::limit_options& limits_;
  std::mutex mutex_;
  schedule by_address_;
  schedule by_account_;
  schedule by_both_;
  schedule known_;
  std::size_t sweep_at_ = 1'024;
};

}  // namespace parley::net
