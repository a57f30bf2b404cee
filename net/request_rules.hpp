#pragma once

#include <optional>

#include "config/options.hpp"
#include "net/http_message.hpp"

namespace parley::net {

/// What the parser lets through and we do not: a Host that is missing, there twice or not one, a
/// length or an encoding that is there twice, an expectation other than 100-continue, a target over
/// `max_url_bytes`. Every request is asked, before anybody looks at its path.
/// @returns the refusal, after which the connection is closed; nothing: serve it
/// @source RFC 9112 sections 3.2 and 6.3, RFC 9110 sections 10.1.1 and 15.5.15
auto refuse_request(const http_request& request, const config::http_options& options)
    -> std::optional<http_response>;

}  // namespace parley::net
