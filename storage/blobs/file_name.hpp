#pragma once

#include <string>
#include <string_view>

namespace parley::storage::blobs {

/// `attachment; filename*=UTF-8''...` (RFC 6266, RFC 8187). Characters that mean a path, and those
/// that turn the direction of writing so that a name reads as another, become "_".
/// @param name valid UTF-8
auto content_disposition(std::string_view name) -> std::string;

}  // namespace parley::storage::blobs
