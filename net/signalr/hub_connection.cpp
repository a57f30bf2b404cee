#include "net/signalr/hub_connection.hpp"

#include <algorithm>

#include "net/signalr/handshake.hpp"

namespace parley::net::signalr {
namespace {

using std::chrono::milliseconds;

/// Bytes in which the handshake must be complete.
constexpr std::size_t max_handshake = 32 * 1024;

auto allowed(const config::limit_options& limits, double per_s, double burst)
    -> chat::token_bucket {
  return limits.enabled ? chat::token_bucket{per_s, burst} : chat::token_bucket{};
}

}  // namespace

hub_connection::hub_connection(connection_host& host, const hub& methods, transport& out,
                               chat::profile user, net::dialect dialect,
                               connection_origin origin)
    : host_(host),
      methods_(methods),
      out_(out),
      user_(std::move(user)),
      origin_(std::move(origin)),
      format_{dialect, methods.fixed_protocol ? methods.fixed_protocol : &json_protocol()},
      calls_(*this, methods),
      opened_(host.clock().steady_now()),
      last_sent_(opened_),
      last_heard_(opened_) {
  const auto& limits = host.options().limits;
  pings_ = allowed(limits, limits.pings_per_s, limits.pings_burst);
  records_ = allowed(limits, limits.records_per_s, limits.records_burst);
}

hub_connection::~hub_connection() { leave(false); }

// -- input ------------------------------------------------------------------------------------------

void hub_connection::on_bytes(std::string_view bytes) {
  if (state_ == state::over) return;
  heard_since_tick_ = true;
  input_.append(bytes);
  take_records();
}

/// Takes whole records off the input until it is used up, full or over.
void hub_connection::take_records() {
  if (taking_) return;
  taking_ = true;
  if (state_ == state::handshaking) {
    if (methods_.fixed_protocol != nullptr)
      open({});
    else
      take_handshake();
  }
  const auto now = host_.clock().steady_now();
  while (state_ == state::open && !paused_ && take_record(now)) {
  }
  taking_ = false;
  if (state_ == state::over) input_ = {};
  if (input_.empty()) input_.shrink_to_fit();
}

void hub_connection::take_handshake() {
  const auto end_of_record = input_.find(record_separator);
  if (std::min(end_of_record, input_.size()) >= max_handshake)
    return refuse_handshake(handshake_canceled());
  if (end_of_record == std::string::npos) return;
  auto asked = read_handshake(std::string_view{input_}.substr(0, end_of_record));
  input_.erase(0, end_of_record + 1);
  if (asked.protocol == nullptr) return refuse_handshake(asked.reply);
  if (asked.protocol->format() == wire_format::binary && !out_.carries_binary())
    return refuse_handshake(handshake_not_text(asked.protocol->name()));
  format_.protocol = asked.protocol;
  out_.on_handshake(asked.version);
  open(asked.reply);
}

void hub_connection::refuse_handshake(const std::string& reply) {
  send_control(reply);
  state_ = state::over;
  out_.end(false);
}

void hub_connection::open(const std::string& reply) {
  send_control(reply);
  state_ = state::open;
  last_heard_ = host_.clock().steady_now();
  key_ = host_.open_hub_session(*this, user_);
  if (methods_.on_connected)
    if (const auto refused = methods_.on_connected(*this))
      return end(failure_text("Connection closed with an error.", *refused,
                              hub_settings().detailed_errors),
                 false, false);
  connected_ = true;
}

auto hub_connection::take_record(chat::clock::steady now) -> bool {
  const auto size = format_.protocol->record_size(input_, host_.options().hub.max_record_bytes);
  if (!size) {
    violate(size.error().detail);
    return false;
  }
  if (*size == 0) return false;
  if (!records_.take(now)) {
    over_rate_ = true;
    host_.metrics().limits.records.Increment();
    pause();
    return false;
  }
  auto message = format_.protocol->parse(std::string_view{input_}.substr(0, *size),
                                         host_.options().hub.max_record_nodes);
  input_.erase(0, *size);
  if (!message) {
    violate(message.error().detail);
    return false;
  }
  const auto admitted = out_.admit(*message);
  if (!admitted) {
    violate(admitted.error().detail);
    return false;
  }
  if (*admitted) handle(std::move(*message));
  return true;
}

void hub_connection::handle(hub_message message) {
  if (!message.type) return;
  switch (*message.type) {
    case message_type::invocation:
    case message_type::stream_invocation:
      calls_.take(std::move(message));
      if (!ends_for_going_on()) pause_if_full();
      return;
    case message_type::ping: return on_ping();
    case message_type::close: return end({}, false, false);
    case message_type::stream_item: return calls_.take_item(message);
    case message_type::completion:
      if (!calls_.end_upload(message) && own_) own_->calls.take(message);
      return;
    case message_type::cancel_invocation: return calls_.cancel(message.invocation_id);
    case message_type::ack:
    case message_type::sequence: return;
  }
}

// -- invocations --------------------------------------------------------------------------------------

void hub_connection::on_answer(std::uint64_t ticket, const chat::outcome& outcome) {
  if (state_ != state::open) return;
  if (calls_.take_answer(ticket, outcome)) {
    if (!outcome) note_refusal(outcome.error());
    return go_on();
  }
  if (!own_) return;
  const auto at = std::find_if(own_->asked.begin(), own_->asked.end(),
                               [ticket](const auto& one) { return one.first == ticket; });
  if (at == own_->asked.end()) return;
  const auto then = std::move(at->second);
  own_->asked.erase(at);
  then(outcome);
}

/// The last of limits.close_after_min minutes in a row with a refusal is the connection's last.
void hub_connection::note_refusal(const chat::error& why) {
  const auto limit = host_.options().limits.close_after_min;
  if (why.code != chat::errc::rate_limited || limit == 0) return;
  const auto since_opened = host_.clock().steady_now() - opened_;
  const auto minute = static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::minutes>(since_opened).count());
  if (minute > refused_minute_ + 1) refused_in_row_ = 0;
  if (refused_in_row_ == 0 || minute > refused_minute_) ++refused_in_row_;
  refused_minute_ = minute;
  goes_on_ = refused_in_row_ >= limit;
}

/// Between calls: none of them shall find itself without its connection.
auto hub_connection::ends_for_going_on() -> bool {
  if (!std::exchange(goes_on_, false)) return false;
  host_.metrics().limits.persistent.Increment();
  end("The client goes over a rate again and again.", false, false);
  return true;
}

auto hub_connection::charge_call() -> chat::expected<void> {
  auto paid = host_.charge(user_.user);
  if (!paid) note_refusal(paid.error());
  return paid;
}

void hub_connection::on_drained() {
  if (state_ != state::open) return;
  if (!out_.has_unsent()) calls_.on_drained();
  if (calls_.has_waiting()) go_on();
}

/// Starts what waits; reads again when there is room.
void hub_connection::go_on() {
  if (state_ != state::open || ends_for_going_on()) return;
  calls_.start();
  if (ends_for_going_on()) return;
  pause_if_full();
  if (!paused_ || over_rate_ || calls_.is_full()) return;
  paused_ = false;
  take_records();
  if (!paused_ && state_ == state::open) out_.resume_reading();
}

void hub_connection::pause_if_full() {
  if (calls_.is_full()) pause();
}

void hub_connection::pause() {
  if (!std::exchange(paused_, true)) out_.pause_reading();
}

void hub_connection::execute(std::uint64_t ticket, chat::request what) {
  host_.execute(key_, ticket, std::move(what));
}

// -- the hub's own code ---------------------------------------------------------------------------------

auto hub_connection::own() -> own_business& {
  if (!own_) own_ = std::make_unique<own_business>();
  return *own_;
}

void hub_connection::send(std::string_view target, const json& arguments) {
  if (state_ != state::open) return;
  push(frame_ptr{new frame{format_.protocol->invocation(target, arguments),
                           format_.protocol->format()}});
}

void hub_connection::invoke(std::string_view target, const json& arguments, result_handler then) {
  if (state_ != state::open)
    return then(chat::unexpected{chat::errc::unavailable, "the connection is gone"});
  if (own().calls.is_full())
    return then(chat::unexpected{chat::errc::limit, "too many calls of the client wait"});
  const auto id = own().calls.add(std::move(then));
  push(frame_ptr{new frame{format_.protocol->invocation(target, arguments, id),
                           format_.protocol->format()}});
}

void hub_connection::ask(chat::request what, outcome_handler then) {
  if (state_ != state::open) return;
  const auto ticket = calls_.next_ticket();
  own().asked.emplace_back(ticket, std::move(then));
  execute(ticket, std::move(what));
}

// -- output ---------------------------------------------------------------------------------------------

void hub_connection::push(const frame_ptr& event) {
  if (state_ != state::open || out_.send(event)) return;
  host_.metrics().slow_readers_closed.Increment();
  out_.discard_unsent();
  end("The client reads too slowly.", true, true);
}

void hub_connection::send_record(std::string record) {
  if (record.empty()) return;  // a fixed protocol may have none of this kind
  out_.send_answer(frame_ptr{new frame{std::move(record), format_.protocol->format()}});
}

void hub_connection::send_control(std::string record) {
  if (record.empty()) return;
  out_.send_control(frame_ptr{new frame{std::move(record), format_.protocol->format()}});
}

void hub_connection::on_ping() {
  pinged_ = true;
  if (pings_.take(host_.clock().steady_now())) return;
  out_.blame_client();
  end("The client pings too often.", true, false);
}

void hub_connection::restart_input() {
  input_.clear();
  heard_since_tick_ = true;
}

// -- time and the end -------------------------------------------------------------------------------------

void hub_connection::on_tick(chat::clock::steady now) {
  const auto& hub = host_.options().hub;
  if (std::exchange(sent_since_tick_, false)) last_sent_ = now;
  if (std::exchange(heard_since_tick_, false) || paused_) last_heard_ = now;
  if (state_ == state::handshaking && now - opened_ > milliseconds{hub.handshake_timeout_ms})
    return refuse_handshake(handshake_canceled());
  if (state_ != state::open) return;
  calls_.on_tick();
  if (over_rate_ && records_.wait(now) == milliseconds{0}) {
    over_rate_ = false;
    go_on();
  }
  if (state_ != state::open) return;
  if (pinged_ && now - last_heard_ > milliseconds{hub.client_timeout_ms})
    return end({}, true, false);
  if (has_expired()) return end({}, true, false);
  if (now - last_sent_ < milliseconds{hub.keep_alive_ms}) return;
  send_control(format_.protocol->ping());
  last_sent_ = now;
}

auto hub_connection::has_expired() const -> bool {
  if (!expires_at_) return false;
  const std::int64_t skew_ms = std::int64_t{host_.options().auth.clock_skew_s} * 1'000;
  return host_.clock().now().ms >= expires_at_.ms + skew_ms;
}

/// The client broke the protocol: nothing after this record is run.
void hub_connection::violate(const std::string& detail) {
  const bool detailed = host_.options().hub.detailed_errors;
  end("Connection closed with an error." + (detailed ? " InvalidDataException: " + detail : ""),
      true, false);
}

void hub_connection::end(const std::string& error, bool allow_reconnect, bool failed) {
  if (state_ == state::over) return;
  const bool was_open = state_ == state::open;
  if (was_open) {
    const auto record = format_.protocol->close(error, allow_reconnect);
    send_control(record);
  }
  leave(!allow_reconnect);  // only a client's own goodbye is a clean end
  out_.end(failed);
}

void hub_connection::on_transport_closed(bool clean) { leave(clean); }

/// Nothing is answered any more: calls end, the hub hears of it, the session closes.
void hub_connection::leave(bool clean) {
  state_ = state::over;
  calls_.end();
  if (own_) {
    own_->asked.clear();
    own_->calls.fail_all("Connection '" + origin_.connection_id + "' disconnected.");
  }
  if (std::exchange(connected_, false) && methods_.on_disconnected) methods_.on_disconnected(*this);
  if (key_ != 0) host_.close_session(std::exchange(key_, 0), clean);
}

}  // namespace parley::net::signalr
