#include "net/limits/peer.hpp"

#include <algorithm>

#include "net/limits/forwarded.hpp"

namespace parley::net {
namespace {

namespace http = boost::beast::http;
using config::ip_address;

constexpr std::string_view forwarded_for = "X-Forwarded-For";

/// Headers that only a proxy adds.
constexpr std::array<std::string_view, 5> marks{"Forwarded", forwarded_for, "X-Forwarded-Proto",
                                                "X-Real-IP", "Via"};

auto has(const http::fields& head, std::string_view name) -> bool {
  return head.find(boost::beast::string_view{name.data(), name.size()}) != head.end();
}

/// All lines of a header, as if they were one (RFC 9110, section 5.3).
auto joined(const http::fields& head, std::string_view name) -> std::string {
  std::string all;
  const auto [first, last] = head.equal_range(boost::beast::string_view{name.data(), name.size()});
  for (auto line = first; line != last; ++line) {
    if (line != first) all += ',';
    all.append(line->value().data(), line->value().size());
  }
  return all;
}

}  // namespace

auto network_of(const ip_address& address) -> std::string {
  if (address.is_v4()) return address.to_string();
  auto network = address;
  std::fill(network.bytes.begin() + 8, network.bytes.end(), static_cast<unsigned char>(0));
  return network.to_string() + "/64";
}

/// A client can send either header itself, and a proxy that adds one may pass the other on: what
/// both say alike is what the proxy said.
auto peer::client_of(const http::fields& head) const -> std::string {
  if (trusted_ == nullptr) return network();
  std::optional<ip_address> client;
  const auto agrees = [&](std::string_view name, auto parse) {
    if (!has(head, name)) return true;
    const auto hops = parse(joined(head, name));
    const auto found = hops ? last_untrusted(*hops, *trusted_) : std::nullopt;
    if (!found || (client && *client != *found)) return false;
    client = found;
    return true;
  };
  const bool is_sound =
      agrees("Forwarded", parse_forwarded) && agrees(forwarded_for, parse_forwarded_for);
  return is_sound && client ? network_of(*client) : network();
}

auto peer::looks_like_a_proxy(const http::fields& head) const -> bool {
  return trusted_ == nullptr && address_ && address_->is_private() &&
         std::ranges::any_of(marks, [&](std::string_view name) { return has(head, name); });
}

}  // namespace parley::net
