#include "net/transports/post_queue.hpp"

namespace parley::net {
namespace {

constexpr std::size_t max_waiting_bytes = 64 * 1024;
/// What the hub gets at once. It shifts its input with every record, so a body of many records
/// would cost the square of its size.
constexpr std::size_t piece_bytes = 4 * 1024;

auto too_much() -> http_response {
  return problem(http::status::too_many_requests, "busy", "earlier messages are not yet taken");
}

}  // namespace

void post_queue::take(std::string body, reply to) {
  if (closed_) return to(no_such_connection());
  // A single body may be as large as the HTTP server lets it be.
  if (!waiting_.empty() && bytes_ + body.size() > max_waiting_bytes) return to(too_much());
  bytes_ += body.size();
  waiting_.push_back({std::move(body), std::move(to)});
  hand_on();
}

void post_queue::hand_on() {
  while (!paused_ && !waiting_.empty()) hand_on_piece();
}

/// The hub may end the connection meanwhile, which empties the queue: nothing of it is held.
void post_queue::hand_on_piece() {
  auto& next = waiting_.front();
  const auto piece = next.body.substr(next.taken, piece_bytes);
  next.taken += piece.size();
  bytes_ -= piece.size();
  reply finished;
  if (next.taken == next.body.size()) {
    finished = std::move(next.to);
    waiting_.pop_front();
  }
  hub_.on_bytes(piece);
  if (finished) finished(http::status::ok);
}

void post_queue::close() {
  closed_ = true;
  for (auto& one : std::exchange(waiting_, {})) one.to(no_such_connection());
  bytes_ = 0;
}

auto no_such_connection() -> http_response {
  return problem(http::status::not_found, "not_found", "No Connection with that ID");
}

}  // namespace parley::net
