#include "net/signalr/hub_connection.hpp"

#include <algorithm>

#include "net/codec/event_names.hpp"
#include "net/codec/render.hpp"
#include "net/signalr/handshake.hpp"

namespace parley::net::signalr {
namespace {

using std::chrono::milliseconds;

/// Of commands whose answer nobody waits for.
constexpr std::uint64_t no_ticket = 0;
/// Bytes in which the handshake must be complete.
constexpr std::size_t max_handshake = 32 * 1024;

auto failed_to_invoke(const std::string& target) {
  return "Failed to invoke '" + target + "' due to an error on the server.";
}

auto unexpected_error(const std::string& target, const chat::error& why) {
  auto text = "An unexpected error occurred invoking '" + target + "' on the server. HubException: " +
              std::string{to_string(why.code)} + ": " + why.detail;
  if (why.retry_after_ms > 0) text += "; retryAfterMs=" + std::to_string(why.retry_after_ms);
  return text;
}

/// A reply is looked up before it takes its place: what follows must not overtake it.
auto may_overlap(const hub_method* method, const chat::expected<chat::request>& what) -> bool {
  if (method == nullptr || !method->pipelined || !what) return false;
  const auto* post = std::get_if<chat::post>(&*what);
  return post == nullptr || post->reply_to.is_nil();
}

auto bad_text() -> chat::expected<json> {
  return chat::unexpected{chat::errc::bad_request, "Error binding arguments."};
}

}  // namespace

hub_connection::hub_connection(connection_host& host, const hub& methods, transport& out,
                               chat::profile user, net::dialect dialect)
    : host_(host),
      methods_(methods),
      out_(out),
      user_(std::move(user)),
      format_{dialect, &json_protocol()},
      opened_(host.clock().steady_now()),
      last_sent_(opened_),
      last_heard_(opened_) {}

hub_connection::~hub_connection() { close_session(false); }

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
  if (state_ == state::handshaking) take_handshake();
  while (state_ == state::open && !paused_ && take_record()) {
  }
  taking_ = false;
  if (state_ == state::over) input_ = {};
  if (input_.empty()) input_.shrink_to_fit();
}

void hub_connection::take_handshake() {
  const auto end_of_record = input_.find(record_separator);
  if (end_of_record == std::string::npos) {
    if (input_.size() >= max_handshake) refuse_handshake(handshake_canceled());
    return;
  }
  auto asked = read_handshake(std::string_view{input_}.substr(0, end_of_record));
  input_.erase(0, end_of_record + 1);
  if (asked.protocol == nullptr) return refuse_handshake(asked.reply);
  if (asked.protocol->format() == wire_format::binary && !out_.carries_binary())
    return refuse_handshake(handshake_not_text(asked.protocol->name()));
  format_.protocol = asked.protocol;
  open(asked.reply);
}

void hub_connection::refuse_handshake(const std::string& reply) {
  send_record(reply);
  state_ = state::over;
  out_.end(false);
}

void hub_connection::open(const std::string& reply) {
  send_record(reply);
  state_ = state::open;
  last_heard_ = host_.clock().steady_now();
  key_ = host_.open_hub_session(*this, user_);
  if (format_.dialect != dialect::classic) return;
  send_record(format_.protocol->invocation(codec::event_name::notify,
                                           json::array({"Welcome to the chat!"})));
  host_.execute(key_, no_ticket, chat::join{chat::lobby_id()});
}

auto hub_connection::take_record() -> bool {
  const auto size = format_.protocol->record_size(input_, host_.options().hub.max_record_bytes);
  if (!size) {
    violate(size.error().detail);
    return false;
  }
  if (*size == 0) return false;
  auto message = format_.protocol->parse(std::string_view{input_}.substr(0, *size),
                                         host_.options().hub.max_record_nodes);
  input_.erase(0, *size);
  if (!message) {
    violate(message.error().detail);
    return false;
  }
  handle(std::move(*message));
  return true;
}

void hub_connection::handle(hub_message message) {
  if (!message.type) return;
  switch (*message.type) {
    case message_type::invocation:
    case message_type::stream_invocation: return invoke(std::move(message));
    case message_type::ping: pinged_ = true; return;
    case message_type::close: return end({}, false, false);
    case message_type::stream_item:
    case message_type::completion:
    case message_type::cancel_invocation:
    case message_type::ack:
    case message_type::sequence: return;
  }
}

// -- invocations --------------------------------------------------------------------------------------

void hub_connection::invoke(hub_message message) {
  const auto* method = methods_.find(message.target);
  auto what = bind(method, message);
  waiting_.push_back({std::move(message.invocation_id), std::move(message.target),
                      may_overlap(method, what), std::move(what)});
  start_calls();
}

/// The command an invocation means, or the text its caller gets instead.
auto hub_connection::bind(const hub_method* method, hub_message& message) const
    -> chat::expected<chat::request> {
  const auto refuse = [](std::string text) {
    return chat::unexpected{chat::errc::bad_request, std::move(text)};
  };
  const auto& target = message.target;
  if (method == nullptr)
    return refuse(failed_to_invoke(target) + " HubException: Method does not exist.");
  if (message.type == message_type::stream_invocation)
    return refuse("The client attempted to invoke the non-streaming '" + target +
                  "' method with a streaming invocation.");
  if (!message.stream_ids.empty())
    return refuse("An unexpected error occurred invoking '" + target +
                  "' on the server. HubException: Client sent " +
                  std::to_string(message.stream_ids.size()) +
                  " stream(s), Hub method expects 0.");
  const auto arguments = message.has_bad_text ? bad_text()
                                              : fit_arguments(*method, std::move(message.arguments));
  if (!arguments) {
    const bool detailed = host_.options().hub.detailed_errors;
    return refuse(failed_to_invoke(target) +
                  (detailed ? " InvalidDataException: " + arguments.error().detail : ""));
  }
  auto command = method->bind(*arguments);
  if (!command) return refuse(unexpected_error(target, command.error()));
  return command;
}

auto hub_connection::is_full() const -> bool {
  return waiting_.size() + running_.size() >= host_.options().hub.max_pending_invocations;
}

/// Starts what may start: the next call when nothing runs, and pipelined ones beside each other.
void hub_connection::start_calls() {
  std::size_t started = 0;
  while (started < waiting_.size() && state_ == state::open && !out_.is_congested()) {
    auto& call = waiting_[started];
    const bool may_start =
        running_.empty() || (call.pipelined && std::all_of(running_.begin(), running_.end(),
                                                           [](auto& r) { return r.pipelined; }));
    if (!may_start) break;
    ++started;
    if (!call.what) {
      fail(call.id, call.what.error().detail);
      continue;
    }
    const auto ticket = next_ticket_++;
    running_.push_back({ticket, std::move(call.id), std::move(call.target), call.pipelined});
    host_.execute(key_, ticket, std::move(*call.what));
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(started));
  if (!paused_ && is_full()) {
    paused_ = true;
    out_.pause_reading();
  }
}

void hub_connection::on_answer(std::uint64_t ticket, const chat::outcome& outcome) {
  const auto at = std::find_if(running_.begin(), running_.end(),
                               [ticket](const running_call& r) { return r.ticket == ticket; });
  if (at == running_.end() || state_ != state::open) return;
  const auto call = std::move(*at);
  running_.erase(at);
  if (outcome) {
    if (const auto* waited = std::get_if<std::vector<chat::entry>>(&*outcome)) send_pending(*waited);
    complete(call.id, codec::render(*outcome));
  } else {
    fail(call.id, unexpected_error(call.target, outcome.error()));
    if (goes_on_over_rate(outcome.error())) {
      host_.metrics().limits.persistent.Increment();
      return end("The client goes over a rate again and again.", false, false);
    }
  }
  go_on();
}

/// True when this is the last of limits.close_after_min minutes in a row with a refusal.
auto hub_connection::goes_on_over_rate(const chat::error& why) -> bool {
  const auto limit = host_.options().limits.close_after_min;
  if (why.code != chat::errc::rate_limited || limit == 0) return false;
  const auto since_opened = host_.clock().steady_now() - opened_;
  const auto minute = std::chrono::duration_cast<std::chrono::minutes>(since_opened).count();
  if (minute > refused_minute_ + 1) refused_in_row_ = 0;
  if (refused_in_row_ == 0 || minute > refused_minute_) ++refused_in_row_;
  refused_minute_ = minute;
  return refused_in_row_ >= limit;
}

/// What waited while the user was away: the form with three arguments.
void hub_connection::send_pending(const std::vector<chat::entry>& waited) {
  for (const auto& message : waited)
    send_record(format_.protocol->invocation(codec::event_name::receive_message,
                                             json::array({1, message.content, "Sent"})));
}

void hub_connection::on_drained() {
  if (state_ == state::open && !waiting_.empty()) go_on();
}

/// Starts what waits; reads again when there is room.
void hub_connection::go_on() {
  start_calls();
  if (!paused_ || is_full()) return;
  paused_ = false;
  take_records();
  if (!paused_ && state_ == state::open) out_.resume_reading();
}

void hub_connection::complete(const std::string& id, const json& result) {
  if (!id.empty()) send_record(format_.protocol->completion(id, result));
}

void hub_connection::fail(const std::string& id, const std::string& error) {
  if (!id.empty()) send_record(format_.protocol->failed_completion(id, error));
}

// -- output ---------------------------------------------------------------------------------------------

void hub_connection::push(const frame_ptr& event) {
  if (state_ != state::open || out_.send(event)) return;
  host_.metrics().slow_readers_closed.Increment();
  out_.discard_unsent();
  end("The client reads too slowly.", true, true);
}

void hub_connection::send_record(const std::string& record) {
  out_.send_answer(frame_ptr{new frame{record, format_.protocol->format()}});
}

// -- time and the end -------------------------------------------------------------------------------------

void hub_connection::on_tick(chat::clock::steady now) {
  const auto& hub = host_.options().hub;
  if (std::exchange(sent_since_tick_, false)) last_sent_ = now;
  if (std::exchange(heard_since_tick_, false) || paused_) last_heard_ = now;
  if (state_ == state::handshaking && now - opened_ > milliseconds{hub.handshake_timeout_ms})
    return refuse_handshake(handshake_canceled());
  if (state_ != state::open) return;
  if (pinged_ && now - last_heard_ > milliseconds{hub.client_timeout_ms})
    return end({}, true, false);
  if (now - last_sent_ < milliseconds{hub.keep_alive_ms}) return;
  send_record(format_.protocol->ping());
  last_sent_ = now;
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
    send_record(record);
  }
  state_ = state::over;
  close_session(!allow_reconnect);  // only a client's own goodbye is a clean end
  out_.end(failed);
}

void hub_connection::on_transport_closed(bool clean) {
  state_ = state::over;
  close_session(clean);
}

void hub_connection::close_session(bool clean) {
  if (key_ != 0) host_.close_session(std::exchange(key_, 0), clean);
}

}  // namespace parley::net::signalr
