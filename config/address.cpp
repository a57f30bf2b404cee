#include "config/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace parley::config {
namespace {

constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t mapped_bits = 8 * mapped.size();
constexpr std::size_t all_bits = 128;

/// Longer than any address.
constexpr std::size_t max_text = INET6_ADDRSTRLEN;

/// Addresses that no stranger on the internet has.
auto private_networks() -> const networks& {
  static const auto made = *networks::parse(
      {"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
       "100.64.0.0/10", "::1", "fc00::/7", "fe80::/10"});
  return made;
}

auto first_bits_of(unsigned char byte, std::size_t bits) -> int { return byte >> (8 - bits); }

}  // namespace

auto ip_address::from_v4(const std::array<unsigned char, 4>& four) -> ip_address {
  ip_address made;
  std::ranges::copy(mapped, made.bytes.begin());
  std::ranges::copy(four, made.bytes.begin() + mapped.size());
  return made;
}

auto ip_address::parse(std::string_view text) -> std::optional<ip_address> {
  // inet_pton ends at a NUL: one inside would hide what is behind it.
  if (text.size() > max_text || text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string ended{text};
  std::array<unsigned char, 4> four{};
  if (inet_pton(AF_INET, ended.c_str(), four.data()) == 1) return from_v4(four);
  ip_address made;
  if (inet_pton(AF_INET6, ended.c_str(), made.bytes.data()) == 1) return made;
  return std::nullopt;
}

auto ip_address::is_v4() const -> bool {
  return std::equal(mapped.begin(), mapped.end(), bytes.begin());
}

auto ip_address::is_loopback() const -> bool {
  static const auto loopback = *parse("::1");
  return is_v4() ? bytes[mapped.size()] == 127 : *this == loopback;
}

auto ip_address::is_private() const -> bool { return private_networks().contains(*this); }

auto ip_address::to_string() const -> std::string {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4()) inet_ntop(AF_INET, bytes.data() + mapped.size(), text.data(), text.size());
  else inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
  return text.data();
}

auto networks::network::contains(const ip_address& address) const -> bool {
  const auto whole = bits / 8;
  const auto rest = bits % 8;
  if (!std::equal(first.bytes.begin(), first.bytes.begin() + whole, address.bytes.begin()))
    return false;
  return rest == 0 ||
         first_bits_of(first.bytes[whole], rest) == first_bits_of(address.bytes[whole], rest);
}

auto networks::parse_one(std::string_view text) -> std::optional<network> {
  const auto slash = text.find('/');
  const auto first = ip_address::parse(text.substr(0, slash));
  if (!first) return std::nullopt;
  if (slash == std::string_view::npos) return network{*first, all_bits};
  const auto digits = text.substr(slash + 1);
  // "::ffff:10.0.0.0/104" is of IPv6 in its spelling, and so is its length.
  const bool is_dotted = first->is_v4() && text.find(':') == std::string_view::npos;
  const std::size_t most = is_dotted ? all_bits - mapped_bits : all_bits;
  std::size_t bits = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (failed != std::errc{} || end != digits.data() + digits.size() || bits > most)
    return std::nullopt;
  const network made{*first, is_dotted ? mapped_bits + bits : bits};
  for (auto bit = made.bits; bit < all_bits; ++bit)
    if ((first->bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) return std::nullopt;
  return made;
}

auto networks::parse(const std::vector<std::string>& list) -> chat::expected<networks> {
  networks made;
  for (const auto& text : list) {
    const auto one = parse_one(text);
    if (!one) return chat::unexpected{chat::errc::bad_request, text};
    made.all_.push_back(*one);
  }
  return made;
}

auto networks::contains(const ip_address& address) const -> bool {
  return std::ranges::any_of(all_, [&](const network& one) { return one.contains(address); });
}

}  // namespace parley::config
