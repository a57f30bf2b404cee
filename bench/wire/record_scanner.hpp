#pragma once

#include <cstdint>
#include <string_view>

namespace parley::bench {

/// What ends every record of the JSON hub protocol.
inline constexpr char record_end = '\x1e';

/// The fields of a hub record that a load generator or the floor has a use for. Views into the
/// scanned bytes; raw, that is with JSON escapes left as they are.
struct hub_record {
  int type = 0;                       ///< 1 invocation, 3 completion, 6 ping, 7 close; 0 handshake
  std::string_view target;            ///< of an invocation
  std::string_view invocation_id;     ///< of an invocation or completion
  std::string_view error;             ///< of a completion, close or handshake answer
  std::string_view first_argument;    ///< when the first argument is a string
  std::string_view second_argument;   ///< when the second argument is a string
  std::string_view conversation_id;   ///< this and the next three: of the first argument's object,
  std::string_view content;           ///< of a completion's result, or of the record itself
  std::string_view connection_token;  ///< of a negotiate answer
  std::int64_t seq = 0;               ///< 0 = not there
  std::string_view raw;               ///< the whole record, for who needs more of it
};

/// Reads one record, without its end byte; keys may come in any order. The arguments of a
/// NewMessageNotification named before them are not looked at.
///
/// @returns false if the bytes are no JSON object
auto scan_record(std::string_view bytes, hub_record& out) -> bool;

/// Cuts the next record off `payload`, end byte dropped.
///
/// @returns false at the end of the payload; what is then left in it had no end byte
auto next_record(std::string_view& payload, std::string_view& record) -> bool;

}  // namespace parley::bench
