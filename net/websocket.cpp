#include "net/websocket.hpp"

#include <array>
#include <boost/beast/websocket.hpp>
#include <boost/container/static_vector.hpp>
#include <optional>

#include "net/frame_chatter.hpp"
#include "net/outbox.hpp"
#include "net/outbox_stream.hpp"
#include "net/resumable_connection.hpp"
#include "net/signalr/hub_connection.hpp"

namespace parley::net {
namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Frames of one write.
constexpr std::size_t max_gather = 64;
/// Bytes read at once; larger input takes more rounds, idle connections take less memory.
constexpr std::size_t read_bytes = 512;
/// How long the client may take to answer a close frame.
constexpr milliseconds close_wait{5'000};

/// The next frames of an outbox, as one write takes them.
auto gather(const outbox& from) {
  boost::container::static_vector<asio::const_buffer, max_gather> parts;
  const auto count = std::min(from.frame_count(), max_gather);
  for (std::size_t i = 0; i < count; ++i) {
    auto bytes = from.at(i).websocket_bytes();
    if (i == 0) bytes.remove_prefix(from.written());
    parts.emplace_back(bytes.data(), bytes.size());
  }
  return parts;
}

/// A hub connection over a WebSocket: Beast reads, answers pings and closes; everything written
/// goes through the outbox and leaves in gathered writes when the governor says so.
class websocket_connection final : public std::enable_shared_from_this<websocket_connection>,
                                   public connection,
                                   public flushable,
                                   public raw_writer,
                                   public websocket_link,
                                   public http_carried {
 public:
  websocket_connection(io_thread& thread, tcp_socket socket)
      : thread_(thread),
        outbox_(options().max_outbox_bytes, options().max_outbox_frames),
        stream_(outbox_stream{std::move(socket), *this}),
        chatter_(thread.host().options().limits) {
    stream_.read_message_max(0);  // the hub bounds records; frames may hold many
    stream_.auto_fragment(false);
    stream_.control_callback([this](websocket::frame_type kind, boost::beast::string_view) {
      if (kind != websocket::frame_type::close) on_chatter();
    });
    thread_.add(*this);
  }

  ~websocket_connection() override {
    thread_.governor().forget(*this);
    thread_.remove(*this);
  }

  /// A hub connection that ends with this socket.
  void carry(hub_client who, http_transports& open, const std::string& token) {
    place_ = std::move(who.place);
    if (!token.empty())
      registration_ =
          open.add(token, {who.user.user, carrier::websocket, &thread_, weak_from_this()});
    own_hub_.emplace(thread_.host(), *who.methods, *this, std::move(who.user), who.spoken,
                     std::move(who.origin));
    own_hub_->extend(who.expires_at);
    hub_ = &*own_hub_;
  }

  void carry(std::shared_ptr<resumable_connection> above) {
    above_ = std::move(above);  // the old socket serves it until this one is accepted
  }

  void accept(http_request request) {
    alive_ = shared_from_this();
    error_code ignored;
    socket().non_blocking(true, ignored);
    socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
    stream_.async_accept(request, [self = shared_from_this()](error_code failed) {
      if (failed) return self->on_not_accepted();
      if (self->above_) {
        self->hub_ = self->above_.get();
        self->above_->attach(*self);
      }
      if (self->hub_ != nullptr && !self->paused_) self->read();
    });
  }

  // connection
  void on_tick(steady_clock::time_point now) override {
    if (hub_ != nullptr) hub_->on_tick(now);
    const milliseconds write_limit{options().write_timeout_ms};
    const bool stuck = stuck_since_ && now - *stuck_since_ > write_limit;
    const bool unclosed = ending_since_ && now - *ending_since_ > close_wait;
    if (stuck || unclosed) return cut();
    if (!chatter_.is_payload_fair(stream_.next_layer().bytes_read())) refuse();
  }
  auto unsent_bytes() const -> std::size_t override { return outbox_.bytes(); }
  void shut_down() override {
    if (hub_ != nullptr) hub_->shut_down();
  }

  // websocket_link
  void abandon() override {
    hub_ = nullptr;
    close_socket();
  }

  // http_carried
  void extend(chat::timestamp until) override {
    if (own_hub_) own_hub_->extend(until);
  }

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
  auto has_unsent() const -> bool override { return !outbox_.is_empty(); }
  void discard_unsent() override { outbox_.clear_unwritten(); }
  void pause_reading() override { paused_ = true; }
  void resume_reading() override {
    paused_ = false;
    if (may_read()) read();
  }
  void blame_client() override { blamed_ = true; }
  void end(bool failed) override {
    if (ending_since_) return;
    ending_since_ = steady_clock::now();
    registration_.end();
    if (!accepted()) return cut();
    const auto code = blamed_  ? websocket::close_code::policy_error
                      : failed ? websocket::close_code::internal_error
                               : websocket::close_code::normal;
    stream_.async_close(code, [self = shared_from_this()](error_code) { self->finish(); });
  }

  // raw_writer
  void write_raw(std::string bytes) override {
    if (push_raw(frame::raw(std::move(bytes)))) return;
    // Pings without reading the pongs.
    asio::post(thread_.io(), [self = shared_from_this()] { self->cut(); });
  }

  // flushable
  void flush() override {
    const bool was_congested = outbox_.is_congested();
    const bool had_some = !outbox_.is_empty();
    while (!outbox_.is_empty() && !waiting_to_write_ && write_once()) {
    }
    if (hub_ != nullptr && drained(was_congested, had_some)) hub_->on_drained();
    if (outbox_.is_empty() && finishing_) close_socket();
  }

 private:
  auto socket() -> tcp_socket& { return stream_.next_layer().socket(); }
  auto accepted() const -> bool { return stream_.is_open(); }
  auto drained(bool was_congested, bool had_some) const -> bool {
    return (was_congested && !outbox_.is_congested()) || (had_some && outbox_.is_empty());
  }

  /// An outbox that is full makes room by dropping typing and presence, but not those that a
  /// stateful reconnect has counted.
  auto push_raw(const frame_ptr& what) -> bool {
    if (!above_) return send(what);
    if (outbox_.bytes() + what->size() > options().max_outbox_bytes) return false;
    send_answer(what);
    return true;
  }

  auto write_once() -> bool {
    error_code failed;
    const auto written = socket().write_some(gather(outbox_), failed);
    if (failed == asio::error::would_block) return wait_to_write(), false;
    if (failed) return cut(), false;
    thread_.host().metrics().flushes.Increment();
    outbox_.consume(written);
    if (hub_ != nullptr) hub_->note_sent();
    stuck_since_.reset();
    return true;
  }

  void wait_to_write() {
    waiting_to_write_ = true;
    if (!stuck_since_) stuck_since_ = steady_clock::now();
    socket().async_wait(tcp_socket::wait_write, [self = shared_from_this()](error_code failed) {
      self->waiting_to_write_ = false;
      if (!failed) self->flush();
    });
  }

  void on_not_accepted() {
    if (above_) above_->on_not_attached();
    cut();
  }

  void read() {
    reading_ = true;
    stream_.async_read_some(
        asio::buffer(input_),
        [self = shared_from_this()](error_code failed, std::size_t size) {
          self->reading_ = false;
          if (failed) return self->on_read_failed(failed);
          self->on_input(size);
          if (self->may_read()) self->read();
        });
  }

  void on_input(std::size_t size) {
    chatter_.note_payload(size);
    message_bytes_ += size;
    if (stream_.is_message_done() && std::exchange(message_bytes_, 0) <= 1) on_chatter();
    if (hub_ != nullptr) hub_->on_bytes({input_.data(), size});
  }

  auto may_read() const -> bool {
    return hub_ != nullptr && !paused_ && !reading_ && !ending_since_;
  }

  /// A ping, a pong, or a frame that holds next to nothing. Beast has the stream in its hands now.
  void on_chatter() {
    if (chatter_.allows(thread_.host().clock().steady_now()) || std::exchange(refused_, true)) return;
    asio::post(thread_.io(), [self = shared_from_this()] { self->refuse(); });
  }

  void refuse() {
    blame_client();
    if (hub_ != nullptr) hub_->shut_down();
  }

  void on_read_failed(error_code why) {
    const bool closed = why == websocket::error::closed;
    const bool broken = why == websocket::condition::protocol_violation;
    if (auto* hub = std::exchange(hub_, nullptr)) {
      if (closed || broken || ending_since_)
        hub->on_transport_closed(closed && stream_.reason().code == websocket::close_code::normal);
      else
        hub->on_transport_lost();
    }
    // Beast has put its close frame, or its protocol error, into the outbox.
    finish();
  }

  /// Writes what is left, then closes the socket.
  void finish() {
    finishing_ = true;
    if (!ending_since_) ending_since_ = steady_clock::now();
    flush();
  }

  void cut() {
    if (auto* hub = std::exchange(hub_, nullptr)) hub->on_transport_lost();
    close_socket();
  }

  void close_socket() {
    if (auto* hub = std::exchange(hub_, nullptr)) hub->on_transport_closed(false);
    place_.reset();
    registration_.end();
    error_code ignored;
    socket().shutdown(tcp_socket::shutdown_both, ignored);
    socket().close(ignored);
    // Whoever called us may still use this object.
    asio::post(thread_.io(), [last = std::move(alive_)] {});
  }

  auto options() const -> const config::hub_options& { return thread_.host().options().hub; }

  std::shared_ptr<websocket_connection> alive_;  ///< from the upgrade to the end
  io_thread& thread_;
  std::shared_ptr<void> place_;
  http_transports::registration registration_;
  outbox outbox_;
  websocket::stream<outbox_stream> stream_;
  std::optional<signalr::hub_connection> own_hub_;  ///< either this,
  std::shared_ptr<resumable_connection> above_;     ///< or one that lives longer
  signalr::hub_input* hub_ = nullptr;               ///< the same; null once it knows of the end
  frame_chatter chatter_;
  std::array<char, read_bytes> input_;
  std::size_t message_bytes_ = 0;  ///< of the WebSocket message that comes in
  bool reading_ = false;
  bool paused_ = false;
  bool waiting_to_write_ = false;
  bool finishing_ = false;
  bool blamed_ = false;
  bool refused_ = false;
  std::optional<steady_clock::time_point> stuck_since_;
  std::optional<steady_clock::time_point> ending_since_;
};

}  // namespace

void serve_websocket(io_thread& thread, tcp_socket socket, http_request request, hub_client who,
                     http_transports& open, const std::string& token) {
  const auto made = std::make_shared<websocket_connection>(thread, std::move(socket));
  made->carry(std::move(who), open, token);
  made->accept(std::move(request));
}

void serve_websocket(io_thread& thread, tcp_socket socket, http_request request,
                     std::shared_ptr<resumable_connection> above) {
  const auto made = std::make_shared<websocket_connection>(thread, std::move(socket));
  made->carry(std::move(above));
  made->accept(std::move(request));
}

}  // namespace parley::net
