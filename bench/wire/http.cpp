#include "bench/wire/http.hpp"

#include <strings.h>

#include <charconv>

namespace parley::bench {

auto http_header(std::string_view message, std::string_view name) -> std::string_view {
  const auto head = message.substr(0, message.find("\r\n\r\n"));
  for (auto at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    const auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    if (strncasecmp(line.data(), name.data(), name.size()) != 0) continue;
    auto value = line.substr(name.size() + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    return value;
  }
  return {};
}

auto http_message_size(std::string_view bytes) -> std::size_t {
  const auto head = bytes.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  std::size_t body = 0;
  const auto length = http_header(bytes, "content-length");
  std::from_chars(length.data(), length.data() + length.size(), body);
  return bytes.size() < head + 4 + body ? 0 : head + 4 + body;
}

auto http_status(std::string_view answer) -> int {
  int status = 0;
  if (answer.size() > 12) std::from_chars(answer.data() + 9, answer.data() + 12, status);
  return status;
}

auto http_body(std::string_view message) -> std::string_view {
  const auto head = message.find("\r\n\r\n");
  return head == std::string_view::npos ? std::string_view{} : message.substr(head + 4);
}

}  // namespace parley::bench
