#pragma once

#include <string>
#include <vector>

#include "net/http_message.hpp"

namespace parley::net {

/// What a request's Origin header means.
struct origin_verdict {
  std::string allowed;      ///< an origin on the list; its pages may read the answer
  bool is_foreign = false;  ///< a page of an origin neither listed nor ours
};

/// Same-origin pages (Origin names the Host) and clients without Origin are neither.
auto check_origin(const http_request& request, const std::vector<std::string>& allowed)
    -> origin_verdict;

/// The answer to an OPTIONS request, which comes without a token.
auto preflight(const origin_verdict& origin) -> http_response;

/// Adds the CORS headers that every answer to a listed origin needs, refusals included.
void allow_origin(http::fields& response, const origin_verdict& origin);

}  // namespace parley::net
