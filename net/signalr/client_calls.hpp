#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/signalr/caller.hpp"

namespace parley::net::signalr {

/// Calls of the client's methods whose results are awaited, by the ids made for them.
/// @thread the connection's
class client_calls {
 public:
  static constexpr std::size_t max_waiting = 100;

  auto is_full() const -> bool { return waiting_.size() >= max_waiting; }
  /// @pre not is_full()  @returns the id to put on the wire
  auto add(caller::result_handler then) -> std::string;
  /// The client's Completion. @returns was it awaited?
  auto take(hub_message& completion) -> bool;
  /// The connection is gone: everything that waits fails with `why`.
  void fail_all(const std::string& why);

 private:
  struct waiting {
    std::string id;
    caller::result_handler then;
  };
  std::uint64_t made_ = 0;
  std::vector<waiting> waiting_;
};

}  // namespace parley::net::signalr
