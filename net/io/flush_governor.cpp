#include "net/io/flush_governor.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace parley::net {

flush_governor::flush_governor(boost::asio::io_context& io, std::chrono::microseconds gap)
    : io_(io), timer_(io), gap_(gap) {}

void flush_governor::request(flushable& who) {
  if (who.flush_requested_) return;
  who.flush_requested_ = true;
  waiting_.push_back(&who);
  if (!scheduled_) schedule();
}

void flush_governor::schedule() {
  scheduled_ = true;
  if (!last_end_ || std::chrono::steady_clock::now() >= *last_end_ + gap_) {
    // Behind the handlers that are ready already: what they push rides along.
    boost::asio::post(io_, [this] { run(); });
    return;
  }
  timer_.expires_at(*last_end_ + gap_);
  timer_.async_wait([this](boost::system::error_code failed) {
    if (!failed) run();
  });
}

void flush_governor::run() {
  scheduled_ = false;
  round_.swap(waiting_);
  for (auto*& who : round_) {
    if (who == nullptr) continue;
    who->flush_requested_ = false;
    std::exchange(who, nullptr)->flush();
  }
  round_.clear();
  last_end_ = std::chrono::steady_clock::now();
  if (!waiting_.empty() && !scheduled_) schedule();
}

void flush_governor::forget(flushable& who) {
  if (!who.flush_requested_) return;
  std::replace(waiting_.begin(), waiting_.end(), &who, static_cast<flushable*>(nullptr));
  std::replace(round_.begin(), round_.end(), &who, static_cast<flushable*>(nullptr));
}

void flush_governor::forget_all() {
  for (auto* who : waiting_)
    if (who != nullptr) who->flush_requested_ = false;
  waiting_.clear();
}

}  // namespace parley::net
