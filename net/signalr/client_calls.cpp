#include "net/signalr/client_calls.hpp"

#include <algorithm>

namespace parley::net::signalr {

auto client_calls::add(caller::result_handler then) -> std::string {
  waiting_.push_back({"s" + std::to_string(++made_), std::move(then)});
  return waiting_.back().id;
}

auto client_calls::take(hub_message& completion) -> bool {
  const auto at = std::find_if(waiting_.begin(), waiting_.end(), [&](const waiting& w) {
    return w.id == completion.invocation_id;
  });
  if (at == waiting_.end()) return false;
  const auto then = std::move(at->then);
  waiting_.erase(at);
  if (completion.has_error)
    then(chat::unexpected{chat::errc::unknown, std::move(completion.error)});
  else
    then(std::move(completion.payload));
  return true;
}

void client_calls::fail_all(const std::string& why) {
  for (const auto& one : std::exchange(waiting_, {}))
    one.then(chat::unexpected{chat::errc::unknown, why});
}

}  // namespace parley::net::signalr
