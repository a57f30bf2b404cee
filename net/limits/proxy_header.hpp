#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/address.hpp"

namespace parley::net {

/// Reads the header that a proxy puts in front of a connection: the PROXY protocol, version 1 (a
/// line) and 2 (binary), told apart by their beginning. Takes not a byte that is not the header's.
/// Bounds: version 1 107 bytes, version 2 `max_bytes`; TLVs are passed over.
/// @source https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt
class proxy_header {
 public:
  static constexpr std::size_t max_bytes = 4'096;

  enum class state : std::uint8_t { incomplete, complete, malformed };

  /// Looks at the bytes that come next. @returns how many of them, from the front, it took: all, unless
  /// the header ends or is malformed
  auto put(std::string_view bytes) -> std::size_t;
  auto is() const -> state { return state_; }

  /// Of a complete one: the client's address. Nothing: the proxy speaks for itself (LOCAL), or the
  /// client has no IP address (UNKNOWN, UNIX sockets, other families): the proxy's own counts.
  auto source() const -> const std::optional<config::ip_address>& { return source_; }

 private:
  auto wants() const -> std::size_t;
  void judge();
  void judge_line();
  void judge_binary();

  std::string taken_;
  state state_ = state::incomplete;
  std::optional<config::ip_address> source_;
};

}  // namespace parley::net
