#pragma once

#include <boost/beast/http/fields.hpp>
#include <memory>
#include <optional>
#include <string>

#include "config/address.hpp"

namespace parley::net {

/// What stands for an address wherever something is counted by it: an IPv6 customer has a whole /64
/// network. "10.0.0.1", "2001:db8:0:1::/64".
auto network_of(const config::ip_address& address) -> std::string;

/// Who is at the other end of a socket, and who sent a request on it. Made when the socket was
/// accepted, or when it had said its PROXY header; goes with the stream to wherever that goes.
/// Whatever is decided or counted by address asks here, nobody asks the socket: behind a proxy its
/// address is that of everybody.
/// @source docs/decisions/0025-whose-address-a-request-has.md
class peer {
 public:
  /// A place among the open sockets, held as long as this.
  using place = std::shared_ptr<void>;

  /// Nobody knows who: no address, no proxy.
  peer() = default;
  /// @param trusted  whose word is taken; outlives this
  peer(const config::ip_address& address, const config::networks& trusted, place socket = nullptr)
      : address_(address),
        trusted_(trusted.contains(address) ? &trusted : nullptr),
        socket_(std::move(socket)) {}

  /// A proxy whose word is taken: its sockets carry the requests of many.
  auto is_proxy() const -> bool { return trusted_ != nullptr; }

  /// The address that sockets are counted by; "" for nobody.
  auto network() const -> std::string { return address_ ? network_of(*address_) : std::string{}; }

  /// network() of who sent the request: of the last hop that is no trusted proxy, from the right, in
  /// Forwarded or X-Forwarded-For. It is the peer's own when that is no proxy, when none of these
  /// headers came, when they name different clients, or when a hop that counts is no address.
  auto client_of(const boost::beast::http::fields& head) const -> std::string;

  /// Not a proxy we trust, and yet in a place where ours would be, with a header that proxies add.
  auto looks_like_a_proxy(const boost::beast::http::fields& head) const -> bool;

 private:
  std::optional<config::ip_address> address_;
  const config::networks* trusted_ = nullptr;  ///< null: no proxy
  place socket_;
};
using peer_ptr = std::unique_ptr<const peer>;

}  // namespace parley::net
