#pragma once

#include <cstdint>
#include <string>

#include "chat/expected.hpp"
#include "chat/ids.hpp"

namespace parley::chat {

/// Pixels of an image, each way, at most.
inline constexpr std::uint64_t max_image_side = 32'767;

/// A file of a message, as its sender announced it. The bytes live in a blob store, under the id.
struct attachment {
  uuid id;
  std::string file_name;     ///< data, never a path; see check_file_name
  std::string content_type;  ///< what the sender says it is; see check_content_type
  std::uint64_t size = 0;    ///< bytes
  std::string url;           ///< where to get it for a while; made when it is shown, never stored
  std::uint32_t width = 0;   ///< of an image, in pixels, as its sender says; 0: unknown
  std::uint32_t height = 0;

  friend auto operator==(const attachment&, const attachment&) -> bool = default;
};

template <class Inspector>
auto inspect(Inspector& f, attachment& x) {
  return f(x.id.bytes, x.file_name, x.content_type, x.size, x.url, x.width, x.height);
}

/// 1..255 bytes of UTF-8 without control characters. Anything else is a fine name: it names nothing
/// on the server. @errors errc::bad_request
auto check_file_name(std::string_view name) -> expected<void>;

/// "type/subtype" with optional parameters, at most 127 visible ASCII characters and spaces.
/// @errors errc::bad_request
auto check_content_type(std::string_view type) -> expected<void>;

}  // namespace parley::chat
