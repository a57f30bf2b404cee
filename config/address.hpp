#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/expected.hpp"

namespace parley::config {

/// An IP address in one spelling: 16 bytes, IPv4 in its mapped form (::ffff:a.b.c.d), so that a
/// client is the same whether it came over a dual-stack socket or not.
struct ip_address {
  std::array<unsigned char, 16> bytes{};

  /// "10.0.0.1", "2001:db8::1", "::ffff:10.0.0.1"; no port, zone or brackets.
  static auto parse(std::string_view text) -> std::optional<ip_address>;
  static auto from_v4(const std::array<unsigned char, 4>& four) -> ip_address;

  auto is_v4() const -> bool;
  auto is_loopback() const -> bool;
  /// Not to be reached from the internet: loopback, RFC 1918, RFC 6598, link-local, fc00::/7.
  auto is_private() const -> bool;
  auto to_string() const -> std::string;

  friend auto operator==(const ip_address&, const ip_address&) -> bool = default;
};

/// A list of addresses and networks, as a setting holds it. @thread any, at once
class networks {
 public:
  /// @param list  "10.0.0.1", "10.0.0.0/8", "2001:db8::/32", bits behind the prefix all zero
  /// @errors errc::bad_request; the detail is the entry that is none
  static auto parse(const std::vector<std::string>& list) -> chat::expected<networks>;

  auto contains(const ip_address& address) const -> bool;
  auto is_empty() const -> bool { return all_.empty(); }

 private:
  struct network {
    ip_address first;
    std::size_t bits = 128;  ///< of the 128 that all its addresses share
    auto contains(const ip_address& address) const -> bool;
  };
  static auto parse_one(std::string_view text) -> std::optional<network>;

  std::vector<network> all_;
};

}  // namespace parley::config
