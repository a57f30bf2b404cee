#pragma once

#include <string_view>

namespace parley::net {

/// Does a client that sends this Accept-Encoding take gzip? A weight of 0 means that it does not; "*"
/// stands for codings that are not named. @source RFC 9110 section 12.5.3
auto accepts_gzip(std::string_view accept_encoding) -> bool;

/// Does If-None-Match name what we would send? Compared weakly; "*" names everything.
/// @param etag  with its quotes  @source RFC 9110 section 13.1.2
auto names_etag(std::string_view if_none_match, std::string_view etag) -> bool;

}  // namespace parley::net
