#include "net/transports/event_stream.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/http/write.hpp>
#include <sstream>

#include "net/io/outbox.hpp"
#include "net/transports/post_queue.hpp"

namespace parley::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// An event takes in waiting records until it is this long.
constexpr std::size_t max_event_bytes = 64 * 1024;
/// A browser fires `open` only once the body has begun; a comment is enough.
constexpr std::string_view first_bytes = ":\r\n\r\n";

auto head_bytes(http_response& head) -> std::string {
  head.set(http::field::content_type, "text/event-stream");
  head.set(http::field::cache_control, "no-cache, no-store");
  head.set(http::field::pragma, "no-cache");
  head.set(http::field::content_encoding, "identity");
  head.set("X-Accel-Buffering", "no");
  std::ostringstream text;
  text << head.base();
  return std::move(text).str();
}

class event_stream final : public std::enable_shared_from_this<event_stream>,
                           public connection,
                           public flushable,
                           public signalr::transport,
                           public http_carried {
 public:
  event_stream(io_thread& thread, stream wire, hub_client who)
      : thread_(thread),
        wire_(std::move(wire)),
        place_(std::move(who.place)),
        outbox_(thread.host().options().hub.max_outbox_bytes,
                thread.host().options().hub.max_outbox_frames),
        hub_(thread.host(), *who.methods, *this, std::move(who.user), who.spoken,
             std::move(who.origin)),
        posts_(hub_) {
    hub_.extend(who.expires_at);
    thread_.add(*this);
  }

  ~event_stream() override {
    thread_.governor().forget(*this);
    thread_.remove(*this);
  }

  void start(http_transports::registration token, http_response head) {
    alive_ = shared_from_this();
    registration_ = std::move(token);
    error_code ignored;
    wire_.socket().non_blocking(true, ignored);
    wire_.socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
    staged_ = head_bytes(head).append(first_bytes);
    watch_client();
    flush();
  }

  // connection
  void on_tick(steady_clock::time_point now) override {
    hub_.on_tick(now);
    const milliseconds write_limit{thread_.host().options().hub.write_timeout_ms};
    if (stuck_since_ && now - *stuck_since_ > write_limit) cut();
  }
  void shut_down() override { hub_.shut_down(); }

  // signalr::transport
  auto send(const frame_ptr& what) -> bool override {
    if (outbox_.push(what) == outbox::push_result::too_slow) return false;
    thread_.governor().request(*this);
    return true;
  }
  void send_answer(const frame_ptr& what) override {
    outbox_.push_answer(what);
    thread_.governor().request(*this);
  }
  auto is_congested() const -> bool override { return outbox_.is_congested(); }
  auto has_unsent() const -> bool override {
    return !staged_.empty() || !outbox_.is_empty() || wire_.has_unsent();
  }
  void discard_unsent() override { outbox_.clear_unwritten(); }
  void pause_reading() override { posts_.pause(); }
  void resume_reading() override { posts_.resume(); }
  auto carries_binary() const -> bool override { return false; }
  void end(bool) override {
    if (std::exchange(ending_, true)) return;
    registration_.end();
    posts_.close();
    flush();
  }

  // http_carried
  void on_post(std::string body, reply to) override { posts_.take(std::move(body), std::move(to)); }
  void extend(chat::timestamp until) override { hub_.extend(until); }

  // flushable
  void flush() override {
    const bool was_congested = outbox_.is_congested();
    const bool had_some = has_unsent();
    while (!waiting_to_write_ && wire_.is_open() && stage() && write_once()) {
    }
    const bool drained = (was_congested && !outbox_.is_congested()) || (had_some && !has_unsent());
    if (drained && !ending_) hub_.on_drained();
    if (ending_ && !has_unsent()) close_socket();
  }

 private:
  /// Makes the next event of what waits, unless one is on its way. @returns is there anything to
  /// write?
  auto stage() -> bool {
    if (!staged_.empty()) return true;
    if (outbox_.is_empty()) return wire_.has_unsent();
    staged_ = "data: ";
    while (!outbox_.is_empty() && staged_.size() < max_event_bytes) {
      staged_.append(outbox_.at(0).record());  // JSON: no line feed stands in it
      outbox_.consume(outbox_.at(0).size());
    }
    staged_.append("\r\n\r\n");
    return true;
  }

  auto write_once() -> bool {
    error_code failed;
    const auto left = std::string_view{staged_}.substr(written_);
    const auto size = wire_.write_some(asio::buffer(left.data(), left.size()), failed);
    if (failed == asio::error::would_block) return wait_to_write(), false;
    if (failed) return cut(), false;
    thread_.host().metrics().flushes.Increment();
    hub_.note_sent();
    stuck_since_.reset();
    written_ += size;
    if (written_ == staged_.size()) {
      staged_ = {};
      written_ = 0;
    }
    return true;
  }

  void wait_to_write() {
    waiting_to_write_ = true;
    if (!stuck_since_) stuck_since_ = steady_clock::now();
    wire_.async_wait(tcp_socket::wait_write, [self = shared_from_this()](error_code failed) {
      self->waiting_to_write_ = false;
      if (!failed) self->flush();
    });
  }

  /// The client has nothing more to say on this socket but that it goes.
  void watch_client() {
    wire_.async_wait(tcp_socket::wait_read, [self = shared_from_this()](error_code failed) {
      std::array<char, 512> ignored;
      if (!failed) self->wire_.read_some(asio::buffer(ignored), failed);
      if (failed && failed != asio::error::would_block) return self->cut();
      self->watch_client();
    });
  }

  void cut() {
    hub_.on_transport_closed(false);
    staged_ = {};
    written_ = 0;
    close_socket();
  }

  void close_socket() {
    ending_ = true;
    registration_.end();
    posts_.close();
    place_.reset();
    wire_.close();
    // Whoever called us may still use this object.
    asio::post(thread_.io(), [last = std::move(alive_)] {});
  }

  std::shared_ptr<event_stream> alive_;  ///< from the request to the end
  io_thread& thread_;
  stream wire_;
  std::shared_ptr<void> place_;
  http_transports::registration registration_;
  outbox outbox_;
  signalr::hub_connection hub_;
  post_queue posts_;
  std::string staged_;       ///< the header or event on its way
  std::size_t written_ = 0;  ///< bytes of it
  bool waiting_to_write_ = false;
  bool ending_ = false;
  std::optional<steady_clock::time_point> stuck_since_;
};

}  // namespace

void serve_event_stream(io_thread& thread, stream wire, http_response head, hub_client who,
                        http_transports& transports, const std::string& token) {
  const auto user = who.user.user;
  const auto made = std::make_shared<event_stream>(thread, std::move(wire), std::move(who));
  made->start(transports.add(token, {user, carrier::event_stream, &thread, made}), std::move(head));
}

}  // namespace parley::net
