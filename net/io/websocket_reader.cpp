#include "net/io/websocket_reader.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace parley::net {
namespace {

constexpr std::size_t max_control_payload = 125;

auto byte_at(std::string_view text, std::size_t at) -> std::uint8_t {
  return static_cast<std::uint8_t>(text[at]);
}

/// Bytes at the front of `text` that are whole words of ASCII.
auto ascii_words(std::string_view text) -> std::size_t {
  std::size_t size = 0;
  for (std::uint64_t word = 0; size + 8 <= text.size(); size += 8) {
    std::memcpy(&word, text.data() + size, 8);
    if ((word & 0x8080808080808080u) != 0) break;
  }
  return size;
}

auto big_endian(std::string_view bytes) -> std::uint64_t {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

auto is_control(std::uint8_t opcode) -> bool { return (opcode & 0x8) != 0; }

auto is_known(std::uint8_t opcode) -> bool { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

/// May a client send it? RFC 6455, section 7.4, and the registry it begins.
auto is_close_code(std::uint64_t code) -> bool {
  if (code >= 3'000 && code <= 4'999) return true;
  return code >= 1'000 && code <= 1'013 && code != 1'004 && code != 1'005 && code != 1'006;
}

auto violation(websocket_close answer) -> websocket_reader::part {
  return {.what = websocket_reader::part::kind::violation, .payload = {}, .code = code_of(answer)};
}

}  // namespace

// -- UTF-8 --------------------------------------------------------------------------------------------

auto utf8_judge::take(std::string_view piece) -> bool {
  for (std::size_t at = 0; at < piece.size(); ++at) {
    if (missing_ == 0) at += ascii_words(piece.substr(at));
    if (at == piece.size()) break;
    const auto byte = byte_at(piece, at);
    if (missing_ == 0) {
      if (byte >= 0x80 && !begin_character(byte)) return false;
      continue;
    }
    if (byte < lowest_ || byte > highest_) return false;
    --missing_;
    lowest_ = 0x80;
    highest_ = 0xbf;
  }
  return true;
}

/// The second byte decides over spellings that are too long, surrogates and what is past U+10FFFF.
auto utf8_judge::begin_character(std::uint8_t first) -> bool {
  if (first < 0xc2 || first > 0xf4) return false;
  missing_ = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  if (first == 0xe0) lowest_ = 0xa0;
  if (first == 0xed) highest_ = 0x9f;
  if (first == 0xf0) lowest_ = 0x90;
  if (first == 0xf4) highest_ = 0x8f;
  return true;
}

// -- frames -------------------------------------------------------------------------------------------

auto websocket_reader::next(std::span<char>& input) -> part {
  if (state_ == state::control && remaining_ == 0) {  // it was handed out
    held_ = {};
    state_ = state::header;
  }
  if (state_ == state::header) {
    if (!take_header(input)) return {};
    if (!is_header_valid()) return violation(websocket_close::protocol_error);
    begin_frame();
  }
  return state_ == state::data ? take_data(input) : take_control(input);
}

/// @returns it is complete in held_
auto websocket_reader::take_header(std::span<char>& input) -> bool {
  while (held_.size() < header_size()) {
    if (input.empty()) return false;
    held_.push_back(input.front());
    input = input.subspan(1);
  }
  return true;
}

auto websocket_reader::header_size() const -> std::size_t {
  if (held_.size() < 2) return 2;
  const auto second = byte_at(held_, 1);
  if ((second & 0x80) == 0) return 2;  // not masked: refused at once
  const auto length = second & 0x7f;
  return 6 + (length == 126 ? 2 : length == 127 ? 8 : 0);
}

auto websocket_reader::is_header_valid() const -> bool {
  const auto first = byte_at(held_, 0);
  const auto second = byte_at(held_, 1);
  const auto opcode = static_cast<std::uint8_t>(first & 0x0f);
  const auto length = second & 0x7f;
  const bool is_masked = (second & 0x80) != 0;
  if (!is_masked || (first & 0x70) != 0 || !is_known(opcode)) return false;
  if (is_control(opcode)) return (first & 0x80) != 0 && length < 126;
  if (length == 126 && big_endian(std::string_view{held_}.substr(2, 2)) < 126) return false;
  if (length == 127) {
    const auto size = big_endian(std::string_view{held_}.substr(2, 8));
    if (size <= 0xffff || size >> 63 != 0) return false;
  }
  const bool is_under_way = message_ != websocket_opcode::continuation;
  return (opcode == 0) == is_under_way;
}

void websocket_reader::begin_frame() {
  const auto opcode = static_cast<websocket_opcode>(byte_at(held_, 0) & 0x0f);
  const auto mask = std::string_view{held_}.substr(held_.size() - 4);
  std::memcpy(mask_.data(), mask.data(), 4);
  mask_at_ = 0;
  const auto length = byte_at(held_, 1) & 0x7f;
  frame_size_ = length < 126 ? length
                             : big_endian(std::string_view{held_}.substr(2, held_.size() - 6));
  remaining_ = frame_size_;
  if (is_control(static_cast<std::uint8_t>(opcode))) {
    control_ = opcode;
    state_ = state::control;
  } else {
    if (opcode != websocket_opcode::continuation) message_ = opcode;
    is_final_ = (byte_at(held_, 0) & 0x80) != 0;
    state_ = state::data;
  }
  held_.clear();
}

auto websocket_reader::take_data(std::span<char>& input) -> part {
  const auto size = std::min<std::uint64_t>(remaining_, input.size());
  if (size == 0 && remaining_ > 0) return {};
  const auto payload = input.first(size);
  input = input.subspan(size);
  unmask(payload);
  remaining_ -= size;
  const std::string_view bytes{payload.data(), payload.size()};
  const bool ends_message = remaining_ == 0 && is_final_;
  if (message_ == websocket_opcode::text &&
      (!text_.take(bytes) || (ends_message && !text_.is_whole())))
    return violation(websocket_close::bad_payload);
  if (remaining_ == 0) state_ = state::header;
  if (ends_message) message_ = websocket_opcode::continuation;
  return {.what = part::kind::data, .payload = bytes, .frame_size = frame_size_};
}

/// Control frames stand between the fragments of a message and are handed out whole.
auto websocket_reader::take_control(std::span<char>& input) -> part {
  const auto size = std::min<std::uint64_t>(remaining_, input.size());
  unmask(input.first(size));
  held_.append(input.data(), size);
  input = input.subspan(size);
  remaining_ -= size;
  if (remaining_ > 0) return {};
  if (control_ == websocket_opcode::close) return closing();
  return {.what = control_ == websocket_opcode::ping ? part::kind::ping : part::kind::pong,
          .payload = held_};
}

auto websocket_reader::closing() const -> part {
  if (held_.empty()) return {.what = part::kind::close, .payload = {}};
  if (held_.size() < 2) return violation(websocket_close::protocol_error);
  const auto code = big_endian(std::string_view{held_}.substr(0, 2));
  utf8_judge reason;
  if (!is_close_code(code) || !reason.take(std::string_view{held_}.substr(2)) || !reason.is_whole())
    return violation(websocket_close::protocol_error);
  return {.what = part::kind::close, .payload = {}, .code = static_cast<std::uint16_t>(code)};
}

void websocket_reader::unmask(std::span<char> bytes) {
  std::array<std::uint8_t, 8> pattern{};
  for (std::size_t i = 0; i < pattern.size(); ++i) pattern[i] = mask_[(mask_at_ + i) & 3];
  std::uint64_t mask = 0;
  std::memcpy(&mask, pattern.data(), 8);
  std::size_t at = 0;
  for (std::uint64_t word = 0; at + 8 <= bytes.size(); at += 8) {
    std::memcpy(&word, bytes.data() + at, 8);
    word ^= mask;
    std::memcpy(bytes.data() + at, &word, 8);
  }
  for (; at < bytes.size(); ++at) bytes[at] = static_cast<char>(bytes[at] ^ pattern[at & 7]);
  mask_at_ = static_cast<std::uint8_t>((mask_at_ + bytes.size()) & 3);
}

// -- what the server says -----------------------------------------------------------------------------

auto switching_protocols(std::string_view key) -> std::string {
  const auto text = std::string{key} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 4.2.2
  std::array<std::uint8_t, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), digest.data());
  std::array<std::uint8_t, 32> base64{};
  const auto size = EVP_EncodeBlock(base64.data(), digest.data(), SHA_DIGEST_LENGTH);
  std::string answer =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: ";
  answer.append(reinterpret_cast<const char*>(base64.data()), static_cast<std::size_t>(size));
  return answer + "\r\n\r\n";
}

auto control_frame(websocket_opcode what, std::string_view payload) -> std::string {
  assert(payload.size() <= max_control_payload);
  std::string bytes;
  bytes.push_back(static_cast<char>(0x80 | static_cast<std::uint8_t>(what)));
  bytes.push_back(static_cast<char>(payload.size()));
  return bytes.append(payload);
}

auto close_frame(std::uint16_t code) -> std::string {
  const std::array<char, 2> payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return control_frame(websocket_opcode::close, {payload.data(), payload.size()});
}

}  // namespace parley::net
