#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/address.hpp"

namespace parley::net {

/// Hops of one forwarding header, as it lists them: the client first, the last proxy's peer last.
/// A hop that names no IP address ("unknown", "_hidden") is empty.
using forwarded_hops = std::vector<std::optional<config::ip_address>>;

/// More hops than this are not looked at: the header is as good as none.
inline constexpr std::size_t max_forwarded_hops = 64;

/// Forwarded (RFC 7239), all its lines joined by commas: `for` of each element, quoted or not, with or
/// without a port. @returns nothing: not in that form
auto parse_forwarded(std::string_view header) -> std::optional<forwarded_hops>;

/// X-Forwarded-For, all its lines joined by commas: addresses, with or without a port.
/// @returns nothing: too many
auto parse_forwarded_for(std::string_view header) -> std::optional<forwarded_hops>;

/// The last hop, from the right, that is not among `trusted`; when all are, the first.
/// @returns nothing: no hop, or one that counts is no address
auto last_untrusted(const forwarded_hops& hops, const config::networks& trusted)
    -> std::optional<config::ip_address>;

}  // namespace parley::net
