#include "net/transports/long_polling.hpp"

#include <boost/asio/post.hpp>

#include "net/io/outbox.hpp"
#include "net/transports/post_queue.hpp"

namespace parley::net {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// While the server drains, a client has this long to fetch its Close record.
constexpr milliseconds last_words_wait{2'000};

auto poll_answer(http::status status) -> http_response {
  http_response made{status, 11};
  made.set(http::field::cache_control, "no-cache, no-store");
  made.set(http::field::pragma, "no-cache");
  made.set(http::field::expires, "Thu, 01 Jan 1970 00:00:00 GMT");
  return made;
}

class long_polling final : public std::enable_shared_from_this<long_polling>,
                           public connection,
                           public flushable,
                           public signalr::transport,
                           public http_carried {
 public:
  long_polling(io_thread& thread, hub_client who)
      : thread_(thread),
        place_(std::move(who.place)),
        outbox_(options().max_outbox_bytes, options().max_outbox_frames),
        hub_(thread.host(), *who.methods, *this, std::move(who.user), who.spoken,
             std::move(who.origin)),
        posts_(hub_),
        last_poll_(now()) {
    hub_.extend(who.expires_at);
    thread_.add(*this);
  }

  ~long_polling() override {
    thread_.governor().forget(*this);
    thread_.remove(*this);
  }

  void start(http_transports::registration token) {
    alive_ = shared_from_this();
    registration_ = std::move(token);
  }

  // connection
  void on_tick(steady_clock::time_point at) override {
    hub_.note_polls();  // they keep the connection alive: no pings either way
    hub_.on_tick(at);
    if (poll_ && at - last_poll_ > milliseconds{options().poll_timeout_ms})
      answer_poll(poll_answer(http::status::ok));
    else if (!poll_ && at - last_poll_ > patience())
      finish(false);
  }
  /// The Close record goes out with the poll that waits, or with the next one.
  void shut_down() override {
    if (!std::exchange(leaving_, true) && !poll_) last_poll_ = now();
    hub_.shut_down();
  }

  // signalr::transport
  auto send(const frame_ptr& what) -> bool override {
    if (outbox_.push(what) == outbox::push_result::too_slow) return false;
    if (poll_) thread_.governor().request(*this);
    return true;
  }
  void send_answer(const frame_ptr& what) override {
    outbox_.push_answer(what);
    if (poll_) thread_.governor().request(*this);
  }
  auto is_congested() const -> bool override { return outbox_.is_congested(); }
  auto has_unsent() const -> bool override { return !outbox_.is_empty(); }
  void discard_unsent() override { outbox_.clear_unwritten(); }
  void pause_reading() override { posts_.pause(); }
  void resume_reading() override { posts_.resume(); }
  void end(bool) override {
    if (std::exchange(ending_, true)) return;
    posts_.close();
    flush();
  }

  // http_carried
  void on_poll(reply to) override {
    if (finished_) return to(no_such_connection());
    if (poll_) answer_poll(poll_answer(http::status::no_content));
    poll_ = std::move(to);
    last_poll_ = now();
    flush();
  }
  void on_poll_abandoned(const std::weak_ptr<answerable>& who) override {
    if (!poll_ || !poll_.is_to(who)) return;
    poll_ = {};
    last_poll_ = now();
  }
  void on_post(std::string body, reply to) override { posts_.take(std::move(body), std::move(to)); }
  void on_delete(reply to) override {
    if (finished_) return to(no_such_connection());
    to(http::status::accepted);
    finish(true);
  }

  void extend(chat::timestamp until) override { hub_.extend(until); }

  // flushable
  void flush() override {
    if (!poll_ || finished_) return;
    if (!outbox_.is_empty()) return answer_with_records();
    if (ending_) finish(true);
  }

 private:
  /// Everything that waits, in one body of whole records.
  void answer_with_records() {
    auto answer = poll_answer(http::status::ok);
    answer.set(http::field::content_type, "application/octet-stream");
    answer.body().reserve(outbox_.bytes());
    while (!outbox_.is_empty()) {
      answer.body().append(outbox_.at(0).record());
      outbox_.consume(outbox_.at(0).size());
    }
    thread_.host().metrics().flushes.Increment();
    answer_poll(std::move(answer));
    hub_.on_drained();
  }

  void answer_poll(http_response with) {
    last_poll_ = now();
    poll_(std::move(with));
  }

  /// The end, for this token too. @param clean the client left in the agreed way
  void finish(bool clean) {
    if (std::exchange(finished_, true)) return;
    hub_.on_transport_closed(clean);
    if (poll_) answer_poll(poll_answer(http::status::no_content));
    posts_.close();
    registration_.end();
    place_.reset();
    // Whoever called us may still use this object.
    asio::post(thread_.io(), [last = std::move(alive_)] {});
  }

  /// How long a client may go without a poll.
  auto patience() const -> milliseconds {
    const milliseconds usual{options().disconnect_timeout_ms};
    return leaving_ ? std::min(usual, last_words_wait) : usual;
  }

  auto now() const -> steady_clock::time_point { return thread_.host().clock().steady_now(); }
  auto options() const -> const config::hub_options& { return thread_.host().options().hub; }

  std::shared_ptr<long_polling> alive_;  ///< from the first GET to the end
  io_thread& thread_;
  std::shared_ptr<void> place_;
  http_transports::registration registration_;
  outbox outbox_;
  signalr::hub_connection hub_;
  post_queue posts_;
  reply poll_;                          ///< the GET that waits
  steady_clock::time_point last_poll_;  ///< when it came, or when the last one was answered
  bool ending_ = false;                 ///< the hub is over; its last words may wait for a poll
  bool finished_ = false;
  bool leaving_ = false;  ///< the server goes away
};

}  // namespace

void open_long_polling(io_thread& thread, hub_client who, http_transports& transports,
                       const std::string& token) {
  const auto user = who.user.user;
  const auto made = std::make_shared<long_polling>(thread, std::move(who));
  made->start(transports.add(token, {user, carrier::long_polling, &thread, made}));
}

}  // namespace parley::net
