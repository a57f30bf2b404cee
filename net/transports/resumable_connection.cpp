#include "net/transports/resumable_connection.hpp"

#include <boost/asio/post.hpp>
#include <limits>

namespace parley::net {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr std::chrono::seconds ack_interval{1};

/// Records in a frame: a message and its notification share one.
auto count_records(const signalr::hub_protocol& protocol, std::string_view bytes) -> std::size_t {
  std::size_t count = 0;
  while (!bytes.empty()) {
    const auto size = protocol.record_size(bytes, std::numeric_limits<std::size_t>::max());
    if (!size || *size == 0) break;
    bytes.remove_prefix(*size);
    ++count;
  }
  return std::max<std::size_t>(count, 1);
}

}  // namespace

resumable_connection::resumable_connection(io_thread& thread, hub_client who)
    : thread_(thread),
      place_(std::move(who.place)),
      buffer_(thread.host().options().hub.stateful_buffer_bytes),
      hub_(thread.host(), *who.methods, *this, std::move(who.user), who.spoken,
           std::move(who.origin)) {
  hub_.extend(who.expires_at);
}

resumable_connection::~resumable_connection() {
  if (dormant_since_) thread_.remove(*this);
}

void resumable_connection::start(http_transports::registration token) {
  alive_ = shared_from_this();
  registration_ = std::move(token);
}

// -- the socket of the moment -------------------------------------------------------------------------

void resumable_connection::attach(websocket_link& link) {
  if (ended_) return link.abandon();
  auto* old = std::exchange(link_, &link);
  if (old != nullptr) old->abandon();
  if (std::exchange(dormant_since_, std::nullopt)) thread_.remove(*this);
  if (counts_) resume();
}

/// Both sides say where they begin, then send again what the other may lack. What the old socket
/// brought of an unfinished record comes again too.
void resumable_connection::resume() {
  hub_.restart_input();
  if (paused_) link_->pause_reading();
  buffer_.expect_sequence();
  sequence_due_ = now() + milliseconds{options().handshake_timeout_ms};
  const auto& protocol = *hub_.format().protocol;
  send_control(
      frame_ptr{new frame{protocol.sequence(buffer_.first_to_send()), protocol.format()}});
  for (const auto& one : buffer_.kept()) link_->send_answer(one.what);
}

auto resumable_connection::take_over(stream& wire, http_request& request,
                                     chat::timestamp until) -> http::status {
  if (ended_) return http::status::not_found;
  if (!counts_) return http::status::conflict;
  if (!is_whole()) {  // the client lost its socket, and we cannot make up for it
    if (link_ != nullptr) link_->abandon();
    on_transport_closed(false);
    return http::status::not_found;
  }
  hub_.extend(until);
  serve_websocket(thread_, std::move(wire), request, shared_from_this());
  return http::status::switching_protocols;
}

void resumable_connection::on_transport_lost() {
  if (ended_ || !counts_ || !is_whole()) return on_transport_closed(false);
  link_ = nullptr;
  dormant_since_ = now();
  thread_.add(*this);
}

void resumable_connection::on_transport_closed(bool clean) {
  link_ = nullptr;
  hub_.on_transport_closed(clean);
  finish();
}

// -- time -----------------------------------------------------------------------------------------------

void resumable_connection::on_tick(steady at) {
  if (ended_) return;
  if (dormant_since_) {
    const milliseconds limit{options().resume_timeout_ms};
    if (at - *dormant_since_ > limit || !is_whole()) on_transport_closed(false);
    return;
  }
  const bool is_silent = buffer_.waits_for_sequence() && !paused_ && at > sequence_due_;
  if (is_silent) {
    if (link_ != nullptr) link_->abandon();
    return on_transport_closed(false);
  }
  hub_.on_tick(at);
  if (counts_ && !ended_) acknowledge(at);
}

void resumable_connection::acknowledge(steady at) {
  if (buffer_.last_received() == acknowledged_ || at < next_ack_) return;
  next_ack_ = at + ack_interval;
  acknowledged_ = buffer_.last_received();
  const auto& protocol = *hub_.format().protocol;
  send_control(frame_ptr{new frame{protocol.ack(acknowledged_), protocol.format()}});
}

// -- what is sent -----------------------------------------------------------------------------------------

/// Counted events never leave the socket's outbox again, so they are judged before.
auto resumable_connection::is_room_for(const frame& what) const -> bool {
  if (link_ == nullptr) return buffer_.bytes() + what.size() <= buffer_.max_bytes();
  return link_->unsent_bytes() + what.size() <= options().max_outbox_bytes;
}

auto resumable_connection::send(const frame_ptr& what) -> bool {
  if (!counts_) return link_ == nullptr || link_->send(what);
  const bool is_tight = link_ != nullptr ? link_->is_congested()
                                         : buffer_.bytes() + what->size() > buffer_.max_bytes() / 2;
  if (what->is_ephemeral() && is_tight) return true;
  if (!is_room_for(*what)) return false;
  keep(what);
  return true;
}

/// While dormant the next tick ends a connection whose answers do not fit.
void resumable_connection::send_answer(const frame_ptr& what) {
  if (counts_) return keep(what);
  if (link_ != nullptr) link_->send_answer(what);
}

void resumable_connection::send_control(const frame_ptr& what) {
  if (link_ != nullptr) link_->send_answer(what);
}

void resumable_connection::keep(const frame_ptr& what) {
  buffer_.keep(what, count_records(*hub_.format().protocol, what->record()));
  if (link_ != nullptr) link_->send_answer(what);
}

auto resumable_connection::admit(const signalr::hub_message& what) -> chat::expected<bool> {
  return counts_ ? buffer_.admit(what) : chat::expected<bool>{true};
}

auto resumable_connection::has_unsent() const -> bool {
  return link_ != nullptr ? link_->has_unsent() : !buffer_.kept().empty();
}

void resumable_connection::discard_unsent() {
  if (link_ != nullptr) link_->discard_unsent();
}

void resumable_connection::blame_client() {
  if (link_ != nullptr) link_->blame_client();
}

void resumable_connection::pause_reading() {
  paused_ = true;
  if (link_ != nullptr) link_->pause_reading();
}

void resumable_connection::resume_reading() {
  paused_ = false;
  if (link_ != nullptr) link_->resume_reading();
}

// -- the end ------------------------------------------------------------------------------------------------

/// The id is dead from now on: the official client tries it once more even after a Close.
void resumable_connection::end(bool failed) {
  ended_ = true;
  registration_.end();
  if (link_ != nullptr) return link_->end(failed);
  finish();
}

void resumable_connection::finish() {
  ended_ = true;
  registration_.end();
  place_.reset();
  if (std::exchange(dormant_since_, std::nullopt)) thread_.remove(*this);
  // Whoever called us may still use this object.
  asio::post(thread_.io(), [last = std::move(alive_)] {});
}

}  // namespace parley::net
