#pragma once

#include <optional>
#include <variant>

#include "chat/entry.hpp"
#include "net/endpoint/hub_endpoint.hpp"
#include "net/transports/open_connections.hpp"

namespace parley::net {

/// What a server built on this library offers besides chat, or in its place: hubs of its own on
/// paths of its own, and pages. parleyd has none; the functional tests' server is one.
/// @thread any: io threads call it at once
class site {
 public:
  virtual ~site() = default;
  /// The hub that a request is for, negotiate included.
  virtual auto find_hub(const http_request& request) const -> std::optional<hub_path> = 0;
  /// Who sends a request to such a hub, or the answer instead.
  virtual auto sign_in(const hub_path& hub, const http_request& request) const
      -> std::variant<chat::profile, http_response> = 0;
  /// May add to the answer of a negotiate, cookies say.
  virtual void on_negotiated(http_response& answer) const = 0;
  /// Any other page. @returns false: not one of its own. Else `to` is answered, now or later.
  virtual auto serve(const http_request& request, reply to) const -> bool = 0;
};

/// What a hub's own code may look at later of the request that opens a connection.
auto opening_request_of(const http_request& request, carrier kind)
    -> std::shared_ptr<const signalr::opening_request>;

}  // namespace parley::net
