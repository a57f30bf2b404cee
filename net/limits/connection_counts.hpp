#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "chat/ids.hpp"
#include "chat/keyed_buckets.hpp"
#include "config/options.hpp"

namespace parley::net {

/// Open sockets by address and in all; open hub connections by user, by address and in all; and what
/// an address may do before anybody knows who is there: over all io threads, held against `limits.*`.
/// An address is what peer::network() and peer::client_of() say. One lock, taken when a connection
/// begins and ends. @thread any
class connection_counts : public std::enable_shared_from_this<connection_counts> {
 public:
  using crowded = std::function<void(const std::string& address)>;

  /// @param most_sockets  that the system has room for; 0: who knows
  /// @param tell          hears of each refusal by address; called under the lock
  explicit connection_counts(const config::limit_options& limits, std::size_t most_sockets = 0,
                             crowded tell = {})
      : limits_(limits), most_sockets_(most_sockets), tell_(std::move(tell)) {}

  /// Other limits from now on; whoever is in stays.
  void change_limits(const config::limit_options& limits);

  /// A place among the counted, given back when the last copy of it goes.
  using place = std::shared_ptr<void>;

  /// @returns null when a limit is reached
  auto take(const chat::user_id& user, const std::string& address) -> place;
  /// Would take() succeed now? Asked by negotiate, which opens nothing yet.
  auto has_room(const chat::user_id& user, const std::string& address) -> bool;

  /// A place for an open socket. @param address  "" for a trusted proxy's: counted in all only
  /// @returns null when a limit is reached
  auto take_socket(const std::string& address) -> place;

  /// Clients behind one address come all at once: so many times unauthenticated_per_ip may be new.
  static constexpr std::size_t most_new = 10;
  /// A place for a socket on which nothing was served yet. @returns null when there are most_new
  /// times unauthenticated_per_ip
  auto take_unknown(const std::string& address) -> place;
  /// Has the address more than unauthenticated_per_ip such sockets?
  auto has_too_many_unknown(const std::string& address) -> bool;
  using steady = chat::token_bucket::steady;
  /// Nothing: go ahead. Else how long to wait.
  using verdict = std::optional<std::chrono::milliseconds>;
  /// A negotiate request, or a try to open a connection that was not negotiated.
  auto take_negotiate(const std::string& address, steady now) -> verdict;
  /// A hub connection that `user` opens or resumes, whatever becomes of it.
  auto take_open(const chat::user_id& user, steady now) -> verdict;
  /// An answer 401.
  auto take_unauthorized(const std::string& address, steady now) -> verdict;

 private:
  // A place points at its counts, which stay where they are until they are 0.
  using users = std::unordered_map<chat::user_id, std::size_t>;
  using addresses = std::unordered_map<std::string, std::size_t>;

  auto fits(const chat::user_id& user, const std::string& address) const -> bool;
  auto fits(std::size_t count, std::size_t limit, const std::string& address) const -> bool;
  auto most_sockets() const -> std::size_t;
  void give_back(users::value_type& user, addresses::value_type& address);

  config::limit_options limits_;
  const std::size_t most_sockets_;
  const crowded tell_;
  std::mutex mutex_;
  users by_user_;
  addresses by_address_;
  addresses unknown_;
  addresses sockets_;
  chat::keyed_buckets<std::string> negotiates_;
  chat::keyed_buckets<chat::user_id> opens_;
  chat::keyed_buckets<std::string> unauthorized_;
  std::size_t all_ = 0;
  std::size_t all_sockets_ = 0;
};

}  // namespace parley::net
