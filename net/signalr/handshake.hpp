#pragma once

#include <string>
#include <string_view>

#include "net/signalr/hub_protocol.hpp"

namespace parley::net::signalr {

/// What the first record of a connection asked for.
struct handshake {
  const hub_protocol* protocol = nullptr;  ///< null: refused
  int version = 1;
  std::string reply;  ///< the record to send back: `{}` or an error
};

/// Reads a handshake record. @param record without its separator
auto read_handshake(std::string_view record) -> handshake;

/// The reply when no handshake came in time or within its size.
auto handshake_canceled() -> std::string;

/// The reply to a binary protocol over a transport of text.
auto handshake_not_text(std::string_view protocol) -> std::string;

}  // namespace parley::net::signalr
