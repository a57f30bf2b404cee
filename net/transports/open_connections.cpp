#include "net/transports/open_connections.hpp"

#include <boost/asio/post.hpp>

namespace parley::net {

void reply::operator()(http_response response) {
  if (home_ == nullptr) return;
  auto& io = std::exchange(home_, nullptr)->io();
  boost::asio::post(io, [who = std::move(who_), response = std::move(response)]() mutable {
    if (const auto exchange = who.lock()) exchange->answer(std::move(response));
  });
}

void reply::operator()(http::status status) { (*this)(http_response{status, 11}); }

auto http_transports::add(const std::string& token, entry what) -> registration {
  const std::lock_guard lock{mutex_};
  open_.insert_or_assign(token, std::move(what));
  return {*this, token};
}

auto http_transports::find(const std::string& token) -> std::optional<entry> {
  const std::lock_guard lock{mutex_};
  const auto at = open_.find(token);
  if (at == open_.end()) return std::nullopt;
  return at->second;
}

void http_transports::remove(const std::string& token) {
  const std::lock_guard lock{mutex_};
  open_.erase(token);
}

}  // namespace parley::net
