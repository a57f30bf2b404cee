#include "net/transports/websocket.hpp"

#include <array>
#include <boost/container/static_vector.hpp>
#include <optional>
#include <span>

#include "net/io/outbox.hpp"
#include "net/io/websocket_reader.hpp"
#include "net/limits/frame_chatter.hpp"
#include "net/signalr/hub_connection.hpp"
#include "net/transports/resumable_connection.hpp"

namespace parley::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Frames of one write.
constexpr std::size_t max_gather = 64;
/// Bytes read at once, into a buffer that the connections of a thread share: what waits for input
/// has none of its own.
constexpr std::size_t read_bytes = 4'096;
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

/// A hub connection over a WebSocket. Everything written, also the answer to the upgrade, pongs and
/// close frames, goes through the outbox and leaves in gathered writes when the governor says so.
class websocket_connection final : public std::enable_shared_from_this<websocket_connection>,
                                   public connection,
                                   public flushable,
                                   public websocket_link,
                                   public http_carried {
 public:
  websocket_connection(io_thread& thread, stream wire)
      : thread_(thread),
        outbox_(options().max_outbox_bytes, options().max_outbox_frames),
        wire_(std::move(wire)),
        chatter_(thread.host().options().limits) {
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
    above_ = std::move(above);  // the old socket serves it until accept()
  }

  /// @param early  frames that came with the request
  void accept(const http_request& request, std::string early) {
    alive_ = shared_from_this();
    error_code ignored;
    wire_.socket().non_blocking(true, ignored);
    wire_.socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
    const auto key = request[http::field::sec_websocket_key];
    write_raw(switching_protocols({key.data(), key.size()}));
    if (above_) {
      hub_ = above_.get();
      above_->attach(*this);
    }
    if (!early.empty()) on_input(early);
    read();
  }

  // connection
  void on_tick(steady_clock::time_point now) override {
    if (hub_ != nullptr) hub_->on_tick(now);
    const milliseconds write_limit{options().write_timeout_ms};
    const bool stuck = stuck_since_ && now - *stuck_since_ > write_limit;
    const bool unclosed = ending_since_ && now - *ending_since_ > close_wait;
    if (stuck || unclosed) cut();
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
  auto has_unsent() const -> bool override {
    return !outbox_.is_empty() || wire_.has_unsent();
  }
  void discard_unsent() override { outbox_.clear_unwritten(); }
  void pause_reading() override { paused_ = true; }
  void resume_reading() override {
    paused_ = false;
    read();
  }
  void blame_client() override { blamed_ = true; }
  void end(bool failed) override {
    if (ending_since_) return;
    ending_since_ = steady_clock::now();
    registration_.end();
    say_goodbye(code_of(blamed_  ? websocket_close::policy_error
                        : failed ? websocket_close::internal_error
                                 : websocket_close::normal));
    read();  // up to the client's close frame
  }

  // flushable
  void flush() override {
    const bool was_congested = outbox_.is_congested();
    const bool had_some = has_unsent();
    while (has_unsent() && !waiting_to_write_ && write_once()) {
    }
    if (hub_ != nullptr && drained(was_congested, had_some)) hub_->on_drained();
    if (!has_unsent() && finishing_) close_socket();
  }

 private:
  auto drained(bool was_congested, bool had_some) const -> bool {
    return (was_congested && !outbox_.is_congested()) || (had_some && !has_unsent());
  }

  void write_raw(std::string bytes) {
    if (push_raw(frame::raw(std::move(bytes)))) return;
    // Pings without reading the pongs.
    asio::post(thread_.io(), [self = shared_from_this()] { self->cut(); });
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
    const auto written = wire_.write_some(gather(outbox_), failed);
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
    wire_.async_wait(tcp_socket::wait_write, [self = shared_from_this()](error_code failed) {
      self->waiting_to_write_ = false;
      if (!failed) self->flush();
    });
  }

  /// Waits for input, unless that is under way or input is not wanted.
  void read() {
    if (reading_ || finishing_ || !wire_.is_open() || (paused_ && !ending_since_)) return;
    reading_ = true;
    wire_.async_wait(waits_for_, [self = shared_from_this()](error_code failed) {
      self->reading_ = false;
      if (failed) return self->on_read_failed();
      self->read_some();
      self->read();
    });
  }

  void read_some() {
    thread_local std::array<char, read_bytes> shared;
    if (!wire_.is_open()) return;
    error_code failed;
    const auto size = wire_.read_some(asio::buffer(shared), failed);
    const bool blocks = failed == asio::error::would_block;
    waits_for_ = blocks ? wire_.waits_for() : tcp_socket::wait_read;
    if (blocks) return;
    if (failed) return on_read_failed();
    on_input({shared.data(), size});
  }

  void on_input(std::span<char> input) {
    using kind = websocket_reader::part::kind;
    while (!finishing_ && wire_.is_open()) {
      const auto part = reader_.next(input);
      switch (part.what) {
        case kind::none: return;
        case kind::data: on_data(part); break;
        case kind::ping:
          on_chatter();
          if (!ending_since_) write_raw(control_frame(websocket_opcode::pong, part.payload));
          break;
        case kind::pong: on_chatter(); break;
        case kind::close: return on_close(part.code);
        case kind::violation: return on_violation(part.code);
      }
    }
  }

  void on_data(const websocket_reader::part& part) {
    if (frame_chatter::is_chatter(part.frame_size)) on_chatter();
    if (hub_ != nullptr && !ending_since_) hub_->on_bytes(part.payload);
  }

  /// The client's close frame: the first, or its answer to ours.
  void on_close(std::uint16_t code) {
    constexpr auto normal = code_of(websocket_close::normal);
    leave_hub(code == normal);
    say_goodbye(code != 0 ? code : normal);
    finish();
  }

  void on_violation(std::uint16_t answer) {
    leave_hub(false);
    say_goodbye(answer);
    finish();
  }

  void say_goodbye(std::uint16_t code) {
    if (!std::exchange(said_goodbye_, true)) write_raw(close_frame(code));
  }

  /// A ping, a pong, or a frame that holds next to nothing.
  void on_chatter() {
    if (ending_since_ || chatter_.allows(thread_.host().clock().steady_now())) return;
    refuse();
  }

  void refuse() {
    blame_client();
    if (hub_ != nullptr) hub_->shut_down();
  }

  void on_read_failed() {
    auto* const hub = std::exchange(hub_, nullptr);
    if (hub != nullptr && ending_since_)
      hub->on_transport_closed(false);
    else if (hub != nullptr)
      hub->on_transport_lost();
    finish();
  }

  void leave_hub(bool clean) {
    if (auto* const hub = std::exchange(hub_, nullptr)) hub->on_transport_closed(clean);
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
    leave_hub(false);
    place_.reset();
    registration_.end();
    wire_.close();
    // Whoever called us may still use this object.
    asio::post(thread_.io(), [last = std::move(alive_)] {});
  }

  auto options() const -> const config::hub_options& { return thread_.host().options().hub; }

  std::shared_ptr<websocket_connection> alive_;  ///< from the upgrade to the end
  io_thread& thread_;
  std::shared_ptr<void> place_;
  http_transports::registration registration_;
  outbox outbox_;
  stream wire_;
  websocket_reader reader_;
  std::optional<signalr::hub_connection> own_hub_;  ///< either this,
  std::shared_ptr<resumable_connection> above_;     ///< or one that lives longer
  signalr::hub_input* hub_ = nullptr;               ///< the same; null once it knows of the end
  frame_chatter chatter_;
  tcp_socket::wait_type waits_for_ = tcp_socket::wait_read;  ///< before the next read
  bool reading_ = false;
  bool paused_ = false;
  bool waiting_to_write_ = false;
  bool finishing_ = false;
  bool blamed_ = false;
  bool said_goodbye_ = false;  ///< our close frame is queued
  std::optional<steady_clock::time_point> stuck_since_;
  std::optional<steady_clock::time_point> ending_since_;
};

// With the count of its shared pointer: the second largest part of an idle connection, and a size the
// allocator has. See docs/performance.md.
static_assert(sizeof(websocket_connection) + 16 <= 1'024);

}  // namespace

void serve_websocket(io_thread& thread, stream wire, const http_request& request, hub_client who,
                     http_transports& open, const std::string& token, std::string early) {
  const auto made = std::make_shared<websocket_connection>(thread, std::move(wire));
  made->carry(std::move(who), open, token);
  made->accept(request, std::move(early));
}

void serve_websocket(io_thread& thread, stream wire, const http_request& request,
                     std::shared_ptr<resumable_connection> above, std::string early) {
  const auto made = std::make_shared<websocket_connection>(thread, std::move(wire));
  made->carry(std::move(above));
  made->accept(request, std::move(early));
}

}  // namespace parley::net
