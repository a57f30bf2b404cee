#pragma once

#include <chrono>
#include <string_view>

namespace parley::net::signalr {

/// What a transport tells whoever sits above it: a hub connection, or one that outlives its
/// socket. @thread the connection's
class hub_input {
 public:
  virtual ~hub_input() = default;

  /// Input as it comes: record borders and frame borders are unrelated.
  virtual void on_bytes(std::string_view bytes) = 0;
  /// The transport ended. @param clean the client closed it in the agreed way
  virtual void on_transport_closed(bool clean) = 0;
  /// The transport broke, and nobody said goodbye.
  virtual void on_transport_lost() { on_transport_closed(false); }
  /// Deadlines; about every quarter of the shortest one.
  virtual void on_tick(std::chrono::steady_clock::time_point now) = 0;
  /// The transport is congested no more.
  virtual void on_drained() = 0;
  /// Something was written since the last tick.
  virtual void note_sent() = 0;
  /// The server goes away; the client shall come back.
  virtual void shut_down() = 0;
};

}  // namespace parley::net::signalr
