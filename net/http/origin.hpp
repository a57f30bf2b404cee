#pragma once

#include <string>

#include "config/options.hpp"
#include "net/http/message.hpp"

namespace parley::net {

/// What a request's Origin header means.
struct origin_verdict {
  std::string allowed;      ///< an origin on the list; its pages may read the answer
  bool is_foreign = false;  ///< a page of an origin neither listed nor ours
};

/// Same-origin pages and clients without Origin are neither. A page is of the same origin when its
/// Origin is http.public_origin or, without that setting, when it names the request's Host; through
/// TLS only as "https:". Case and the default port of the scheme make no difference.
/// @source RFC 6454 section 4, docs/decisions/0020-whose-pages-are-ours.md
auto check_origin(const http_request& request, const config::http_options& options, bool is_tls)
    -> origin_verdict;

/// The answer to a preflight, which comes without a token. A listed origin may send any header: it
/// is told the usual names and those that it asks for.
auto preflight(const origin_verdict& origin, const http_request& request) -> http_response;

/// Adds the CORS headers that every answer to a listed origin needs, refusals included.
void allow_origin(http::fields& response, const origin_verdict& origin);

}  // namespace parley::net
