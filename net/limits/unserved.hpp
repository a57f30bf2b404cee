#pragma once

#include <chrono>
#include <string>

#include "net/limits/connection_counts.hpp"
#include "net/limits/peer.hpp"

namespace parley::net {

/// A socket on which nothing was served yet: its place among those of its address, from the moment it
/// was accepted, through TLS, until something is served. A default one: something was.
class unserved {
 public:
  using steady = std::chrono::steady_clock::time_point;

  unserved() = default;
  /// A proxy's socket waits for its clients and is let be.
  unserved(connection_counts& counts, const peer& who) {
    if (who.is_proxy()) return;
    counts_ = &counts;
    address_ = who.network();
    place_ = counts.take_unknown(address_);
    begin_anew(std::chrono::steady_clock::now());
  }

  /// The address has too many as it is.
  auto is_refused() const -> bool { return counts_ != nullptr && place_ == nullptr; }

  /// It has asked for nothing in its time, and its address has too many of that kind. Said once: then
  /// the place is given back, and the next one is judged without it.
  auto overstays(steady now) -> bool {
    if (place_ == nullptr || now < judged_at_ || !counts_->has_too_many_unknown(address_)) return false;
    serve();
    return true;
  }

  /// A part of the way is done (TLS): what is left has its own time.
  void begin_anew(steady now) { judged_at_ = now + newness; }

  void serve() {
    place_.reset();
    counts_ = nullptr;
  }

 private:
  /// A socket is new for so long; then a request must be on its way.
  static constexpr std::chrono::seconds newness{1};

  connection_counts* counts_ = nullptr;  ///< null: served, or nobody counts
  std::string address_;
  connection_counts::place place_;
  steady judged_at_;
};

}  // namespace parley::net
