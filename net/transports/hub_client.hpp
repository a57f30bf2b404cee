#pragma once

#include <memory>

#include "chat/entry.hpp"
#include "net/chat_hub/chat_hub.hpp"
#include "net/signalr/connection_host.hpp"
#include "net/signalr/hub.hpp"
#include "net/transports/open_connections.hpp"

namespace parley::net {

/// Who a hub connection is for, and what it holds until it ends.
struct hub_client {
  chat::profile user;
  dialect spoken = dialect::messaging;
  std::shared_ptr<void> place = nullptr;  ///< among the counted connections
  chat::timestamp expires_at{};           ///< the end of the client's token; none: it has no end
  const signalr::hub* methods = &chat_hub();  ///< what it may call
  signalr::connection_origin origin = {};
};

}  // namespace parley::net
