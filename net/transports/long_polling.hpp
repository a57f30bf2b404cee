#pragma once

#include <string>

#include "net/transports/hub_client.hpp"

namespace parley::net {

/// Opens a hub connection that the client polls: each GET waits until there is something to say
/// and gets all of it, the client speaks by POST and leaves by DELETE. The connection lives on
/// `thread`; its requests may come in on any. It ends when nobody polls for
/// `hub.disconnect_timeout_ms`. Answering the first GET is the caller's.
/// @param token what later requests name it by; registered at `transports` until the end
/// @source signalr.md 4.3
void open_long_polling(io_thread& thread, hub_client who, http_transports& transports,
                       const std::string& token);

}  // namespace parley::net
