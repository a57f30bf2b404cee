#include "net/limits/proxy_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace parley::net {
namespace {

using namespace std::string_view_literals;
using config::ip_address;

constexpr auto signature = "\r\n\r\n\0\r\nQUIT\n"sv;  // of version 2
constexpr auto line_start = "PROXY "sv;               // of version 1
constexpr std::size_t binary_head = 16;               // signature, command, family, length
constexpr std::size_t max_line = 107;                 // with its end

auto byte_at(std::string_view text, std::size_t at) -> unsigned {
  return static_cast<unsigned char>(text[at]);
}

auto length_of(std::string_view head) -> std::size_t {
  return byte_at(head, 14) << 8 | byte_at(head, 15);
}

/// Are these a beginning of `whole`, or does it begin with all of `whole`?
auto begins_like(std::string_view bytes, std::string_view whole) -> bool {
  const auto size = std::min(bytes.size(), whole.size());
  return bytes.substr(0, size) == whole.substr(0, size);
}

auto words_of(std::string_view line) -> std::vector<std::string_view> {
  std::vector<std::string_view> words;
  for (std::size_t begin = 0; begin <= line.size();) {
    const auto end = std::min(line.find(' ', begin), line.size());
    words.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

auto is_port(std::string_view text) -> bool {
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
  return failed == std::errc{} && end == text.data() + text.size() &&
         (text.size() == 1 || text.front() != '0');
}

}  // namespace

/// How many more bytes can be taken at once. A line ends where it ends, and what a header is shows
/// byte by byte.
auto proxy_header::wants() const -> std::size_t {
  if (taken_.size() < binary_head || !begins_like(taken_, signature)) return 1;
  return binary_head + length_of(taken_) - taken_.size();
}

auto proxy_header::put(std::string_view bytes) -> std::size_t {
  std::size_t taken = 0;
  while (state_ == state::incomplete && taken < bytes.size()) {
    const auto piece = bytes.substr(taken, wants());
    taken_ += piece;
    taken += piece.size();
    judge();
  }
  return taken;
}

void proxy_header::judge() {
  if (begins_like(taken_, signature)) return judge_binary();
  if (!begins_like(taken_, line_start) || taken_.size() > max_line) {
    state_ = state::malformed;
  } else if (taken_.ends_with('\n')) {
    state_ = state::malformed;
    if (taken_.ends_with("\r\n")) judge_line();
  } else if (taken_.size() == max_line) {
    state_ = state::malformed;
  }
}

/// "PROXY TCP4 source destination port port", or UNKNOWN and whatever stands behind it.
void proxy_header::judge_line() {
  const auto line = std::string_view{taken_}.substr(0, taken_.size() - 2);
  const auto words = words_of(line);
  if (words.size() > 1 && words[1] == "UNKNOWN") {
    state_ = state::complete;
    return;
  }
  if (words.size() != 6 || !is_port(words[4]) || !is_port(words[5])) return;
  const auto from = ip_address::parse(words[2]);
  const auto to = ip_address::parse(words[3]);
  const bool is_dotted = words[2].find(':') == std::string_view::npos;
  const auto family = is_dotted ? "TCP4"sv : "TCP6"sv;
  if (!from || !to || words[1] != family) return;
  source_ = from;
  state_ = state::complete;
}

void proxy_header::judge_binary() {
  if (taken_.size() < binary_head) return;
  const auto length = length_of(taken_);
  const auto version = byte_at(taken_, 12) >> 4;
  const auto command = byte_at(taken_, 12) & 0xfu;
  const auto family = byte_at(taken_, 13) >> 4;
  constexpr std::size_t v4_addresses = 12;
  constexpr std::size_t v6_addresses = 36;
  const auto needed = family == 1 ? v4_addresses : family == 2 ? v6_addresses : 0;
  const bool is_local = command == 0;
  if (version != 2 || command > 1 || binary_head + length > max_bytes ||
      (!is_local && length < needed)) {
    state_ = state::malformed;
    return;
  }
  if (taken_.size() < binary_head + length) return;
  state_ = state::complete;
  if (is_local) return;
  const auto addresses = std::string_view{taken_}.substr(binary_head);
  if (family == 1) {
    std::array<unsigned char, 4> four{};
    std::ranges::copy(addresses.substr(0, four.size()), four.begin());
    source_ = ip_address::from_v4(four);
  } else if (family == 2) {
    source_.emplace();
    std::ranges::copy(addresses.substr(0, source_->bytes.size()), source_->bytes.begin());
  }
}

}  // namespace parley::net
