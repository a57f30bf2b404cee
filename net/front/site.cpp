#include "net/front/site.hpp"

#include "net/rest/routes.hpp"

namespace parley::net {

auto opening_request_of(const http_request& request, carrier kind)
    -> std::shared_ptr<const signalr::opening_request> {
  auto kept = std::make_shared<signalr::opening_request>();
  kept->transport = kind == carrier::websocket      ? "WebSockets"
                    : kind == carrier::event_stream ? "ServerSentEvents"
                                                    : "LongPolling";
  for (const auto& field : request) {
    const auto name = field.name_string();
    const auto value = field.value();
    kept->headers.emplace_back(std::string{name.data(), name.size()},
                               std::string{value.data(), value.size()});
  }
  const auto target = request.target();
  for (auto& one : rest::parse_query(split_target({target.data(), target.size()}).query))
    kept->query.push_back(std::move(one));
  return kept;
}

}  // namespace parley::net
