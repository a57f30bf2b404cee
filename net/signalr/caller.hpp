#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/signalr/connection_host.hpp"
#include "net/signalr/hub_protocol.hpp"

namespace parley::net::signalr {

/// The HTTP request a connection began with, kept for hubs whose endpoint asks for it.
struct opening_request {
  std::string transport;  ///< "WebSockets", "ServerSentEvents" or "LongPolling"
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::pair<std::string, std::string>> query;  ///< unescaped
};

/// Where a connection came from.
struct connection_origin {
  std::string connection_id;  ///< the public one, as negotiated; made up when nothing was
  std::shared_ptr<const opening_request> request;  ///< null unless the endpoint keeps it
};

/// Why a hub's own code refuses, in the terms clients of ASP.NET Core know. Its text reaches the
/// client when the exception is a HubException, or with `hub.detailed_errors`.
struct hub_failure {
  std::string message;
  std::string exception = "HubException";
};

/// A refusal of the engine as hub errors show it: `<code>: <text>`.
auto failure_of(const chat::error& why) -> hub_failure;

/// `prefix`, and behind it ` <exception>: <message>` where the client may know.
auto failure_text(std::string prefix, const hub_failure& why, bool detailed) -> std::string;

/// The connection that calls, as a hub's own code sees it. @thread the connection's
class caller {
 public:
  using result_handler = std::function<void(const chat::expected<json>&)>;
  using outcome_handler = std::function<void(const chat::outcome&)>;

  virtual ~caller() = default;

  virtual auto user() const -> const chat::profile& = 0;
  virtual auto origin() const -> const connection_origin& = 0;
  /// Dialect and hub protocol.
  virtual auto format() const -> const event_format& = 0;

  /// Calls a method of the client's. @param arguments an array
  virtual void send(std::string_view target, const json& arguments) = 0;
  /// The same, and awaits its result. `then` is called once: with the result, with the error
  /// the client answered, or when the connection ends (`Connection '<id>' disconnected.`).
  /// @errors errc::limit: 100 such calls wait already; then at once
  virtual void invoke(std::string_view target, const json& arguments, result_handler then) = 0;
  /// Runs a chat command as this connection's user. `then` is not called when the connection ends.
  virtual void ask(chat::request what, outcome_handler then) = 0;
  /// Ends the connection; the client shall not come back.
  virtual void abort() = 0;
};

}  // namespace parley::net::signalr
