#pragma once

#include <boost/asio/post.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <vector>

#include "net/files/file_request.hpp"
#include "net/front/connection.hpp"
#include "net/http/answer_head.hpp"
#include "net/signalr/connection_host.hpp"

// What uploads and downloads share and nobody else needs.

namespace parley::net::files {

/// Bytes of a file in memory.
inline constexpr std::size_t piece_bytes = 64 * 1024;

/// A connection while it carries one file. Lives on its io thread; `Self` derives from it.
template <class Self>
class exchange : public connection, public std::enable_shared_from_this<Self> {
 public:
  using error_code = boost::system::error_code;
  using steady = std::chrono::steady_clock;

  explicit exchange(file_exchange request)
      : thread_(request.thread),
        wire_(std::move(request.wire)),
        services_(request.services),
        head_(std::move(request.head)),
        buffer_(std::move(request.buffer)),
        origin_(std::move(request.origin)),
        keep_alive_(request.keep_alive),
        client_(std::move(request.client)) {
    const auto& limits = options();
    ends_at_ = steady::now() + std::chrono::milliseconds{limits.transfer_timeout_ms};
    expect_progress();
    thread_.add(*this);
  }
  ~exchange() override { thread_.remove(*this); }

  void on_tick(steady::time_point now) override {
    if (now > deadline_ || is_crawling(now)) self().on_too_slow();
  }
  void shut_down() override { keep_alive_ = false; }

 protected:
  /// Runs `job()` where it may wait for the disk, and `then(result)` back here.
  template <class Job, class Then>
  void on_disk(Job job, Then then) {
    deadline_ = steady::time_point::max();  // the client is not the one who is waited for
    if (waits_since_) waited_ += steady::now() - *waits_since_;
    waits_since_.reset();
    boost::asio::post(services_.files->disk, [me = this->shared_from_this(), job = std::move(job),
                                              then = std::move(then)]() mutable {
      auto result = job();
      auto& io = me->thread_.io();
      boost::asio::post(io, [me = std::move(me), result = std::move(result),
                             then = std::move(then)]() mutable {
        me->expect_progress();
        then(std::move(result));
      });
    });
  }

  void respond(http_response response) {
    finish_head(response);
    response.prepare_payload();
    if (head_.method() == http::verb::head) response.body().clear();
    response_ = std::move(response);
    expect_progress();
    http::async_write(wire_, response_,
                      [me = this->shared_from_this()](error_code failed, std::size_t) {
                        me->self().on_responded(failed);
                      });
  }

  template <class Response>
  void finish_head(Response& response) {
    allow_origin(response, origin_);
    if (response.find(http::field::cache_control) == response.end())
      response.set(http::field::cache_control, "private, no-store");
    net::finish_head(response, goes_on(), head_.version(), now());
  }

  /// What follows is the next request only when all of this one was read.
  auto goes_on() const -> bool { return keep_alive_ && unread_ == 0; }

  /// The connection serves its next request, which may have been read already.
  void go_on(error_code failed) {
    if (failed || !goes_on()) return close();
    deadline_ = steady::time_point::max();
    continue_http(thread_, std::move(wire_), services_, std::move(buffer_));
  }

  /// What is being read ends with operation_aborted; writing goes on.
  void cancel_reading() {
    error_code ignored;
    wire_.socket().cancel(ignored);
  }

  void close() {
    deadline_ = steady::time_point::max();
    wire_.close();
  }

  /// The client is waited for, from now on.
  void expect_progress() {
    const auto now = steady::now();
    deadline_ = std::min(ends_at_, now + std::chrono::milliseconds{options().stall_timeout_ms});
    if (!waits_since_) waits_since_ = now;
  }

  /// Bytes of the file came or went.
  void note_moved(std::size_t bytes) {
    moved_ += bytes;
    expect_progress();
  }

  /// Each byte in time, and yet too few of them: a slot is not held for that.
  auto is_crawling(steady::time_point now) const -> bool {
    if (!waits_since_) return false;
    const auto waited = waited_ + (now - *waits_since_);
    if (waited <= std::chrono::milliseconds{options().stall_timeout_ms}) return false;
    const auto seconds = std::chrono::duration<double>{waited}.count();
    return static_cast<double>(moved_) < seconds * static_cast<double>(options().min_bytes_per_s);
  }

  auto options() const -> const config::attachment_options& {
    return services_.files->store.options();
  }
  auto now() const -> chat::timestamp { return thread_.host().clock().now(); }
  auto self() -> Self& { return static_cast<Self&>(*this); }

  io_thread& thread_;
  stream wire_;
  const http_services& services_;
  http_request head_;
  boost::beast::flat_buffer buffer_;
  origin_verdict origin_;
  bool keep_alive_;
  const std::string client_;
  std::uint64_t unread_ = 0;  ///< bytes of the request's body still to come
  http_response response_;
  transfer_slots::slot slot_;
  steady::time_point ends_at_;
  steady::time_point deadline_;
  std::optional<steady::time_point> waits_since_;  ///< for the client
  steady::duration waited_{};                      ///< before that
  std::uint64_t moved_ = 0;                        ///< bytes of the file
};

}  // namespace parley::net::files
