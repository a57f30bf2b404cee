#include "chat/attachment.hpp"

#include <algorithm>

#include "chat/text.hpp"

namespace parley::chat {
namespace {

constexpr std::size_t max_name_bytes = 255;
constexpr std::size_t max_type_bytes = 127;

auto is_control(char c) -> bool { return (c >= 0 && c < 0x20) || c == 0x7f; }

/// A character of a token (RFC 9110, section 5.6.2).
auto is_token_char(char c) -> bool {
  const bool alphanumeric =
      (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return alphanumeric || std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

auto is_token(std::string_view text) -> bool {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

}  // namespace

auto check_file_name(std::string_view name) -> expected<void> {
  if (name.empty() || name.size() > max_name_bytes)
    return unexpected{errc::bad_request, "fileName must be 1 to 255 bytes of UTF-8"};
  if (!is_valid_utf8(name) || std::any_of(name.begin(), name.end(), is_control))
    return unexpected{errc::bad_request, "fileName must be UTF-8 without control characters"};
  return {};
}

auto check_content_type(std::string_view type) -> expected<void> {
  const auto essence = type.substr(0, type.find_first_of("; "));
  const auto slash = std::min(essence.find('/'), essence.size());
  const auto subtype = essence.substr(std::min(slash + 1, essence.size()));
  const bool printable =
      std::all_of(type.begin(), type.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  if (type.size() > max_type_bytes || !printable || !is_token(essence.substr(0, slash)) ||
      !is_token(subtype))
    return unexpected{errc::bad_request, "contentType must be a media type, e.g. image/png"};
  return {};
}

}  // namespace parley::chat
