#pragma once

#include "net/signalr/hub.hpp"

namespace parley::net::signalr {

/// StreamHistory: a conversation's messages, one item each, for as long as there are more. Reads a
/// page at a time, the next one when the client has taken the last; a reader that stops costs one
/// page. Each page is a call of its own to the conversation: its permission is asked anew and it
/// counts towards `limits.invocations_per_s` (over that the stream waits).
/// @source docs/protocol.md
auto stream_history_method() -> hub_method;

}  // namespace parley::net::signalr
