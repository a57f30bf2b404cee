#include "net/io/frame.hpp"

namespace parley::net {
namespace {

void append_big_endian(std::string& to, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    to.push_back(static_cast<char>(value >> shift));
}

}  // namespace

frame::frame(std::string_view record, wire_format format, bool ephemeral)
    : ephemeral_(ephemeral) {
  bytes_.reserve(record.size() + 10);
  bytes_.push_back(static_cast<char>(format == wire_format::text ? 0x81 : 0x82));
  if (record.size() < 126) {
    bytes_.push_back(static_cast<char>(record.size()));
  } else if (record.size() < 65536) {
    bytes_.push_back(126);
    append_big_endian(bytes_, record.size(), 2);
  } else {
    bytes_.push_back(127);
    append_big_endian(bytes_, record.size(), 8);
  }
  header_size_ = static_cast<std::uint8_t>(bytes_.size());
  bytes_.append(record);
}

auto frame::raw(std::string bytes) -> frame_ptr {
  auto* made = new frame;
  made->bytes_ = std::move(bytes);
  return frame_ptr{made};
}

}  // namespace parley::net
