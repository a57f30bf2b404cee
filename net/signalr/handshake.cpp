#include "net/signalr/handshake.hpp"

#include <algorithm>
#include <limits>

namespace parley::net::signalr {
namespace {

/// Every version up to this one is accepted.
constexpr std::int64_t newest_version = 2;

auto refusal(const std::string& error) -> std::string {
  return codec::dump({{"error", error}}) + record_separator;
}

}  // namespace

auto read_handshake(std::string_view record) -> handshake {
  handshake result;
  result.reply = refusal("An unexpected error occurred during connection handshake.");
  const auto read = codec::parse(record);
  if (!read || !read->value.is_object()) return result;
  const auto name = read->value.find("protocol");
  const auto version = read->value.find("version");
  if (name == read->value.end() || !name->is_string() || version == read->value.end() ||
      !version->is_number_integer())
    return result;
  const auto& protocol = name->get_ref<const std::string&>();
  const auto* known = find_protocol(protocol);
  constexpr auto largest = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  const auto asked = version->is_number_unsigned()
                         ? static_cast<std::int64_t>(std::min(version->get<std::uint64_t>(), largest))
                         : version->get<std::int64_t>();
  if (known == nullptr) {
    result.reply = refusal("The protocol '" + protocol + "' is not supported.");
  } else if (asked > newest_version) {
    result.reply = refusal("The server does not support version " + std::to_string(asked) +
                           " of the '" + protocol + "' protocol.");
  } else {
    result.protocol = known;
    result.version = static_cast<int>(asked);
    result.reply = std::string{"{}"} + record_separator;
  }
  return result;
}

auto handshake_canceled() -> std::string { return refusal("Handshake was canceled."); }

auto handshake_not_text(std::string_view protocol) -> std::string {
  return refusal("Cannot use the '" + std::string{protocol} +
                 "' protocol on the current transport. The transport does not support 'Binary' "
                 "transfer format.");
}

}  // namespace parley::net::signalr
