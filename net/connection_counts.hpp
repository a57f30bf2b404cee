#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "chat/ids.hpp"
#include "config/options.hpp"

namespace parley::net {

/// Open hub connections by user, by address and in all, over all io threads, held against
/// `limits.*`. One lock, taken when a connection begins and ends. @thread any
class connection_counts : public std::enable_shared_from_this<connection_counts> {
 public:
  explicit connection_counts(const config::limit_options& limits) : limits_(limits) {}

  /// Other limits from now on; whoever is in stays.
  void change_limits(const config::limit_options& limits);

  /// A place among the counted, given back when the last copy of it goes.
  using place = std::shared_ptr<void>;

  /// @returns null when a limit is reached
  auto take(const chat::user_id& user, const std::string& address) -> place;
  /// Would take() succeed now? Asked by negotiate, which opens nothing yet.
  auto has_room(const chat::user_id& user, const std::string& address) -> bool;

 private:
  auto fits(const chat::user_id& user, const std::string& address) const -> bool;
  void give_back(const chat::user_id& user, const std::string& address);

  config::limit_options limits_;
  std::mutex mutex_;
  std::unordered_map<chat::user_id, std::size_t> by_user_;
  std::unordered_map<std::string, std::size_t> by_address_;
  std::size_t all_ = 0;
};

}  // namespace parley::net
