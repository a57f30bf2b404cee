#pragma once

#include <memory>

#include "net/io/io_thread.hpp"
#include "net/io/stream.hpp"

namespace parley::net {

/// Ends a connection on which the last answer is sent while its client may still be sending: closing at
/// once would reset it, and the answer be lost. What comes is thrown away until the client closes too,
/// for 5 s and 64 MiB at most. @thread `thread`'s
/// @param place  held so long, when the socket is counted
/// @source RFC 9112 section 9.6
void end_gently(io_thread& thread, stream wire, std::shared_ptr<void> place = {});

}  // namespace parley::net
