#pragma once

#include <string_view>

#include "chat/time.hpp"
#include "net/http/message.hpp"

namespace parley::net {

/// "Mon, 01 Jan 2024 12:00:00 GMT" (RFC 9110, 5.6.7). Valid until the thread asks for another
/// second; made once for each.
auto http_date(chat::timestamp now) -> std::string_view;

/// What every answer says besides its own: when it was made, and whether its connection goes on, in the
/// words that a client of the request's version knows.
/// @param version  of the request, as Beast has it: 10 or 11
template <class Body>
void finish_head(http::response<Body>& answer, bool goes_on, unsigned version,
                 chat::timestamp now) {
  const auto date = http_date(now);
  answer.set(http::field::date, boost::beast::string_view{date.data(), date.size()});
  answer.keep_alive(goes_on);
  if (goes_on && version < 11) answer.set(http::field::connection, "keep-alive");
}

}  // namespace parley::net
