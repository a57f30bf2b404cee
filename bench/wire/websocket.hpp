#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace parley::bench {

/// RFC 6455, section 5.2.
enum class opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10
};

/// One frame found at the start of a buffer.
struct frame {
  opcode kind = opcode::text;
  bool is_final = true;
  std::string_view payload;  ///< unmasked, in the buffer that was decoded
  std::size_t size = 0;      ///< bytes of header and payload; 0 while the frame is incomplete
};

/// Reads the frame at the start of `data`; a masked payload is unmasked in place, once the frame
/// is whole.
auto decode_frame(char* data, std::size_t size) -> frame;

/// Appends an unmasked (server) frame.
void append_server_frame(std::string& out, opcode kind, std::string_view payload);

/// Appends a masked (client) frame. The mask is a constant: it costs the server what any mask
/// costs, and there is no proxy to protect here.
void append_client_frame(std::string& out, opcode kind, std::string_view payload);

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key (RFC 6455, section 4.2.2).
auto accept_key(std::string_view key) -> std::string;

}  // namespace parley::bench
