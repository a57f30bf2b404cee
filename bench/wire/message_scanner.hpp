#pragma once

#include <string>
#include <string_view>

#include "bench/wire/record_scanner.hpp"

namespace parley::bench {

/// Reads one message of SignalR's MessagePack hub protocol, without its length, into the same
/// fields as scan_record; ids must be strings.
///
/// @returns false if the bytes are no such message
auto scan_message(std::string_view bytes, hub_record& out) -> bool;

/// Cuts the next length-prefixed message off `payload`.
///
/// @returns false when what is left is not a whole one
auto next_message(std::string_view& payload, std::string_view& message) -> bool;

/// Appends the length that goes before a message.
void append_message_length(std::string& out, std::size_t length);

}  // namespace parley::bench
