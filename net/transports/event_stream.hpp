#pragma once

#include <string>

#include "net/io/stream.hpp"
#include "net/transports/hub_client.hpp"

namespace parley::net {

/// Carries a hub connection by Server-Sent Events: what the server says goes out on `wire`,
/// which the connection keeps until either side ends; the client speaks by POST. Text only.
/// @param head the response's header, CORS included; what SSE needs is added
/// @param token what the client's POSTs name it by; registered at `transports` until the end
/// @source signalr.md 4.2; html.spec.whatwg.org, "Server-sent events"
void serve_event_stream(io_thread& thread, stream wire, http_response head, hub_client who,
                        http_transports& transports, const std::string& token);

}  // namespace parley::net
