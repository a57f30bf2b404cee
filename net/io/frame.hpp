#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace parley::net {

/// How a hub protocol's records travel in WebSocket messages.
enum class wire_format : std::uint8_t { text, binary };

/// An encoded record with its WebSocket header in front (RFC 6455, section 5.2: unmasked, FIN):
/// immutable bytes, made once on an io thread and shared by every receiver on that thread.
/// The reference count is not atomic: a frame never leaves its thread.
class frame : public boost::intrusive_ref_counter<frame, boost::thread_unsafe_counter> {
 public:
  /// Takes the record's memory, in which some bytes of room for the header spare another; gives
  /// back what is more than twice its size.
  /// @param ephemeral may be dropped for a slow reader (typing, presence)
  frame(std::string record, wire_format format, bool ephemeral = false);

  /// Bytes as they are, no header: what the WebSocket layer itself writes.
  static auto raw(std::string bytes) -> boost::intrusive_ptr<const frame>;

  auto websocket_bytes() const -> std::string_view { return bytes_; }
  auto record() const -> std::string_view { return std::string_view{bytes_}.substr(header_size_); }
  auto is_ephemeral() const -> bool { return ephemeral_; }
  auto size() const -> std::size_t { return bytes_.size(); }

 private:
  frame() = default;

  std::string bytes_;
  std::uint8_t header_size_ = 0;
  bool ephemeral_ = false;
};

using frame_ptr = boost::intrusive_ptr<const frame>;

}  // namespace parley::net
