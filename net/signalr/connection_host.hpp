#pragma once

#include <cstdint>

#include "chat/request.hpp"
#include "chat/time.hpp"
#include "config/options.hpp"
#include "net/io/frame.hpp"
#include "telemetry/metrics.hpp"

namespace parley::net {

namespace signalr {
class hub_protocol;
}

/// Which event names a hub path speaks (C-01).
enum class dialect : std::uint8_t { messaging, classic };

/// Connections with an equal one can share a frame.
struct event_format {
  net::dialect dialect = dialect::messaging;
  const signalr::hub_protocol* protocol = nullptr;
  friend auto operator==(const event_format&, const event_format&) -> bool = default;
};

/// Whoever asked something and gets the answer: a hub connection or a REST exchange.
class asker {
 public:
  virtual ~asker() = default;
  virtual void on_answer(std::uint64_t ticket, const chat::outcome& outcome) = 0;
};

/// A hub connection as the fan-out sees it.
class event_listener : public asker {
 public:
  virtual auto format() const -> const event_format& = 0;
  virtual void push(const frame_ptr& event) = 0;
  /// Everything pushed was handed to the operating system.
  virtual auto is_caught_up() const -> bool = 0;
};

/// What the io thread does for its connections; the network actor is one. All calls and answers
/// happen on that thread.
class connection_host {
 public:
  virtual ~connection_host() = default;

  /// Begins a session for a signed-in hub connection; events reach it from now on.
  /// @returns its key
  virtual auto open_hub_session(event_listener& who, const chat::profile& user)
      -> std::uint64_t = 0;
  /// Begins a session for REST exchanges of one user, or of nobody (empty user id).
  virtual auto open_rest_session(asker& who, const chat::profile& user) -> std::uint64_t = 0;
  /// @param case_id not empty: names the command's conversation by its case
  virtual void execute(std::uint64_t key, std::uint64_t ticket, chat::request what,
                       std::string case_id = {}) = 0;
  /// A call of `who` that is not executed, since it names nothing or its arguments do not fit: it
  /// costs what a call costs. Nobody (an empty id) pays nothing.
  /// @errors errc::rate_limited
  virtual auto charge(const chat::user_id& who) -> chat::expected<void> {
    static_cast<void>(who);
    return {};
  }
  /// The key is dead afterwards: no answer and no event reaches its owner.
  virtual void close_session(std::uint64_t key, bool clean) = 0;

  virtual auto options() const -> const config::options& = 0;
  virtual auto metrics() const -> telemetry::metrics& = 0;
  virtual auto clock() const -> const chat::clock& = 0;
};

}  // namespace parley::net
