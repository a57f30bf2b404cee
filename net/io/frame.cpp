#include "net/io/frame.hpp"

#include <array>
#include <utility>

namespace parley::net {

frame::frame(std::string record, wire_format format, bool ephemeral)
    : bytes_(std::move(record)), ephemeral_(ephemeral) {
  const auto length = bytes_.size();
  const std::size_t more = length < 126 ? 0 : length < 65536 ? 2 : 8;  // bytes the length takes
  std::array<char, 10> header{static_cast<char>(format == wire_format::text ? 0x81 : 0x82),
                              static_cast<char>(more == 0 ? length : more == 2 ? 126 : 127)};
  for (std::size_t i = 0; i < more; ++i)
    header[2 + i] = static_cast<char>(length >> (8 * (more - 1 - i)));
  header_size_ = static_cast<std::uint8_t>(2 + more);
  bytes_.insert(0, header.data(), header_size_);
  // It may wait in many queues, which count its bytes and not the room behind them.
  if (bytes_.capacity() > 2 * bytes_.size()) bytes_.shrink_to_fit();
}

auto frame::raw(std::string bytes) -> frame_ptr {
  auto* made = new frame;
  made->bytes_ = std::move(bytes);
  return frame_ptr{made};
}

}  // namespace parley::net
