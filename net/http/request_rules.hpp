#pragma once

#include <optional>

#include "config/options.hpp"
#include "net/http/message.hpp"

namespace parley::net {

/// What the parser lets through and we do not: a Host that is missing, there twice or not one, a
/// length, an encoding or an Authorization that is there twice, chunks in HTTP/1.0, an expectation
/// other than 100-continue, a target that is none or over `max_url_bytes`. Every request is asked,
/// before anybody looks at its path.
/// @returns the refusal, after which the connection is closed; nothing: serve it
/// @source RFC 9112 sections 3.2, 6.1 and 6.3, RFC 9110 sections 10.1.1 and 15.5.15
auto refuse_request(const http_request& request, const config::http_options& options)
    -> std::optional<http_response>;

/// One spelling of a target: "http://host/path" becomes "/path", and host the Host, whatever that was;
/// escapes of letters and digits in a path, and of "-._~", become what they stand for.
/// @param request  passed refuse_request
/// @source RFC 9112 section 3.2.2, RFC 3986 section 6.2.2.2
void normalize_target(http_request& request);

/// Does the client hold its body back until it is asked for it?
/// @source RFC 9110 section 10.1.1
auto expects_continue(const http_request& request) -> bool;

}  // namespace parley::net
