#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace parley::net {

/// RFC 6455, section 5.2.
enum class websocket_opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10
};

/// Those a server of ours sends; RFC 6455, section 7.4.1.
enum class websocket_close : std::uint16_t {
  normal = 1'000,
  protocol_error = 1'002,
  bad_payload = 1'007,
  policy_error = 1'008,
  internal_error = 1'011
};

constexpr auto code_of(websocket_close what) -> std::uint16_t {
  return static_cast<std::uint16_t>(what);
}

/// Judges a text that comes in pieces, cut anywhere: is it UTF-8 (RFC 3629)?
class utf8_judge {
 public:
  /// @returns false once the text so far cannot become UTF-8
  auto take(std::string_view piece) -> bool;
  /// The text does not end inside a character.
  auto is_whole() const -> bool { return missing_ == 0; }

 private:
  auto begin_character(std::uint8_t first) -> bool;

  std::uint8_t missing_ = 0;    ///< bytes of the present character
  std::uint8_t lowest_ = 0x80;  ///< that its next byte may be
  std::uint8_t highest_ = 0xbf;
};

/// Takes what a WebSocket client sends apart, as its bytes come: payload is handed on at once and
/// never kept, so that an idle connection has no buffer and a frame may be of any size. Kept are
/// the begun header of a frame (14 bytes) and of a control frame its payload (125 bytes).
///
/// Refuses what RFC 6455 forbids a client: unmasked frames, reserved bits and opcodes, lengths not
/// spelled shortest, fragments out of order, texts and close reasons that are not UTF-8, close codes
/// that may not be sent. After a close or a violation it is not to be asked again.
/// @thread its connection's
class websocket_reader {
 public:
  struct part {
    enum class kind : std::uint8_t { none, data, ping, pong, close, violation };
    kind what = kind::none;     ///< none: all input is used up
    std::string_view payload;   ///< of data, ping and pong: unmasked, valid until the next call
    std::uint64_t frame_size = 0;  ///< of data: the whole frame's payload
    /// Of close: the client's, 0 when it gave none. Of violation: the one to answer with.
    std::uint16_t code = 0;
  };

  /// Takes the next part off the front of `input`, which it unmasks in place.
  auto next(std::span<char>& input) -> part;

 private:
  auto take_header(std::span<char>& input) -> bool;
  auto header_size() const -> std::size_t;
  auto is_header_valid() const -> bool;
  void begin_frame();
  auto take_data(std::span<char>& input) -> part;
  auto take_control(std::span<char>& input) -> part;
  auto closing() const -> part;
  void unmask(std::span<char> bytes);

  enum class state : std::uint8_t { header, data, control };

  std::uint64_t frame_size_ = 0;
  std::uint64_t remaining_ = 0;  ///< of the frame's payload
  std::string held_;             ///< a begun header, or a control frame's payload
  std::array<std::uint8_t, 4> mask_{};
  std::uint8_t mask_at_ = 0;
  state state_ = state::header;
  websocket_opcode control_ = websocket_opcode::ping;
  websocket_opcode message_ = websocket_opcode::continuation;  ///< of the one under way; or none is
  bool is_final_ = false;
  utf8_judge text_;
};

/// The answer to an upgrade request. @param key its Sec-WebSocket-Key
auto switching_protocols(std::string_view key) -> std::string;

/// A control frame of a server. @param payload at most 125 bytes
auto control_frame(websocket_opcode what, std::string_view payload) -> std::string;

/// A close frame with that code and no reason.
auto close_frame(std::uint16_t code) -> std::string;

}  // namespace parley::net
