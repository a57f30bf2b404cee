#pragma once

#include <functional>
#include <memory>

#include "chat/expected.hpp"
#include "config/options.hpp"

namespace parley::app {

/// Builds the parts, joins them, and takes them apart again without losing what was acknowledged.
class server {
 public:
  /// @param options must outlive the server
  /// @param on_fault called once, on any thread, when a part ended that must live as long as the
  ///                 server; whoever runs it should stop() it. Then has_failed() is true
  explicit server(const config::options& options, std::function<void()> on_fault = [] {});
  ~server();

  /// Checks the schema, spawns the actors, listens. The store may still be away: commands then
  /// fail as `unavailable` and /readyz is red until it answers.
  /// @errors errc::unavailable (address), errc::conflict (schema), errc::bad_request (settings)
  auto start() -> chat::expected<void>;

  auto port() const -> std::uint16_t;

  /// The version of the store's schema; 0: the store was away when the server started.
  auto schema() const -> int;

  /// SIGHUP: takes over what may change while the server runs: the certificate and its key, the
  /// keys and rules tokens are judged by, `log.level`, and the counts among `limits.*`. Says in the
  /// log what changed, what could not be used and stays as it was, and what takes a restart.
  /// @thread the one that called start
  void reload(const config::options& fresh);

  auto has_failed() const -> bool;

  /// Refuses new connections, says goodbye to the present ones (allowReconnect), lets what was
  /// accepted reach the store, and ends. Half a second after `drain_timeout_ms` it ends the process
  /// with incomplete_exit, whatever is left. @returns whether everything accepted was stored
  auto stop() -> bool;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace parley::app
