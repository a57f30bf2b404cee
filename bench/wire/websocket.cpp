#include "bench/wire/websocket.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>

namespace parley::bench {
namespace {

constexpr std::array<char, 4> client_mask{'\x5a', '\x17', '\x3c', '\x21'};
constexpr std::uint8_t mask_bit = 0x80;

auto big_endian(const char* at, std::size_t bytes) -> std::uint64_t {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<std::uint8_t>(at[i]);
  return value;
}

void append_header(std::string& out, opcode kind, std::size_t length, std::uint8_t mask) {
  const auto put = [&out](std::uint64_t byte) { out.push_back(static_cast<char>(byte)); };
  put(0x80U | static_cast<std::uint8_t>(kind));
  const std::size_t extra = length < 126 ? 0 : length < 65536 ? 2 : 8;
  put(mask | (extra == 0 ? length : extra == 2 ? 126U : 127U));
  for (std::size_t i = extra; i-- > 0;) put(length >> 8 * i & 0xffU);
}

void unmask(char* payload, std::size_t length, const char* mask) {
  for (std::size_t i = 0; i < length; ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
}

}  // namespace

auto decode_frame(char* data, std::size_t size) -> frame {
  frame out;
  if (size < 2) return out;
  const auto first = static_cast<std::uint8_t>(data[0]);
  const auto second = static_cast<std::uint8_t>(data[1]);
  std::uint64_t length = second & 0x7fU;
  const std::size_t extra = length < 126 ? 0 : length == 126 ? 2 : 8;
  const bool masked = (second & mask_bit) != 0;
  const std::size_t header = 2 + extra + (masked ? 4 : 0);
  if (size < header) return out;
  if (extra != 0) length = big_endian(data + 2, extra);
  if (size - header < length) return out;
  if (masked) unmask(data + header, length, data + header - 4);
  out.kind = static_cast<opcode>(first & 0x0fU);
  out.is_final = (first & 0x80U) != 0;
  out.payload = {data + header, length};
  out.size = header + length;
  return out;
}

void append_server_frame(std::string& out, opcode kind, std::string_view payload) {
  append_header(out, kind, payload.size(), 0);
  out += payload;
}

void append_client_frame(std::string& out, opcode kind, std::string_view payload) {
  append_header(out, kind, payload.size(), mask_bit);
  out.append(client_mask.data(), client_mask.size());
  const auto start = out.size();
  out += payload;
  unmask(out.data() + start, payload.size(), client_mask.data());
}

auto accept_key(std::string_view key) -> std::string {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 32> base64{};
  const int length = EVP_EncodeBlock(base64.data(), digest.data(), SHA_DIGEST_LENGTH);
  return {reinterpret_cast<const char*>(base64.data()), static_cast<std::size_t>(length)};
}

}  // namespace parley::bench
