#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "chat/token_bucket.hpp"
#include "net/connection_host.hpp"
#include "net/signalr/hub.hpp"
#include "net/signalr/hub_input.hpp"
#include "net/signalr/hub_protocol.hpp"

namespace parley::net::signalr {

/// The bytes' way to one client. Implemented by each transport; called on its io thread.
class transport {
 public:
  virtual ~transport() = default;
  /// Queues an event. @returns false when the client reads too slowly
  virtual auto send(const frame_ptr& what) -> bool = 0;
  /// Queues what the client asked for; never too much, as no call starts while is_congested.
  virtual void send_answer(const frame_ptr& what) = 0;
  /// Queues what a stateful reconnect does not count: handshake reply, Ping, Close, Ack, Sequence.
  virtual void send_control(const frame_ptr& what) { send_answer(what); }
  /// The handshake was accepted; records follow. @param version of the hub protocol
  virtual void on_handshake(int version) { static_cast<void>(version); }
  /// What a stateful reconnect says to a record: handle it, or pass it over.
  /// @errors errc::bad_request: the connection must end
  virtual auto admit(const hub_message& what) -> chat::expected<bool> {
    static_cast<void>(what);
    return true;
  }
  virtual auto has_unsent() const -> bool = 0;
  /// May a binary hub protocol be spoken? (Not over Server-Sent Events.)
  virtual auto carries_binary() const -> bool { return true; }
  /// So much waits that no further call shall be started; on_drained follows.
  virtual auto is_congested() const -> bool = 0;
  /// Forgets what is queued and not yet begun.
  virtual void discard_unsent() = 0;
  /// Ends the transport once what is queued is written. @param failed an internal error
  virtual void end(bool failed) = 0;
  /// The end that follows is the client's doing: a WebSocket closes with 1008.
  virtual void blame_client() {}
  /// No more on_bytes until resume_reading.
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;
};

/// One client of the hub, whatever carries its bytes: handshake, records, invocations in order,
/// keep-alive, and the end. Source: docs/protocol.md.
///
/// Invocations start in arrival order, one at a time; pipelined ones may overlap each other. When
/// `hub.max_pending_invocations` wait or run, the transport is not read.
class hub_connection final : public event_listener, public hub_input {
 public:
  hub_connection(connection_host& host, const hub& methods, transport& out, chat::profile user,
                 net::dialect dialect);
  ~hub_connection() override;

  /// Input as it comes: record borders and frame borders are unrelated.
  void on_bytes(std::string_view bytes) override;
  void on_transport_closed(bool clean) override;
  void on_tick(chat::clock::steady now) override;
  void on_drained() override;
  void note_sent() override { sent_since_tick_ = true; }
  void shut_down() override { end({}, true, false); }

  /// The client's token is good until then, clock skew not counted; a later call never shortens
  /// it. Without a call it does not end. Once it has, so does the connection, with allowReconnect.
  void extend(chat::timestamp until) { expires_at_ = std::max(expires_at_, until); }
  /// The socket was replaced: what came of an unfinished record will come again.
  void restart_input();

  // event_listener
  void on_answer(std::uint64_t ticket, const chat::outcome& outcome) override;
  auto format() const -> const event_format& override { return format_; }
  void push(const frame_ptr& event) override;
  auto is_caught_up() const -> bool override { return !out_.has_unsent(); }

 private:
  enum class state : std::uint8_t { handshaking, open, over };

  /// An invocation that waits, with its command or the error it will be answered with.
  struct waiting_call {
    std::string id;
    std::string target;
    bool pipelined = false;
    chat::expected<chat::request> what;
  };
  struct running_call {
    std::uint64_t ticket = 0;
    std::string id;
    std::string target;
    bool pipelined = false;
  };

  void take_records();
  void take_handshake();
  void refuse_handshake(const std::string& reply);
  auto take_record() -> bool;
  void open(const std::string& reply);
  void handle(hub_message message);
  void invoke(hub_message message);
  auto bind(const hub_method* method, hub_message& message) const -> chat::expected<chat::request>;
  void start_calls();
  void go_on();
  void send_pending(const std::vector<chat::entry>& waited);
  void complete(const std::string& id, const json& result);
  void fail(const std::string& id, const std::string& error);
  auto is_full() const -> bool;
  void send_record(const std::string& record);
  void send_control(const std::string& record);
  void on_ping();
  auto has_expired() const -> bool;
  void violate(const std::string& detail);
  void end(const std::string& error, bool allow_reconnect, bool failed);
  void close_session(bool clean);

  connection_host& host_;
  const hub& methods_;
  transport& out_;
  chat::profile user_;
  event_format format_;
  state state_ = state::handshaking;
  bool paused_ = false;
  bool taking_ = false;
  bool pinged_ = false;          ///< the client timeout runs from the first ping on
  bool sent_since_tick_ = false;
  bool heard_since_tick_ = false;
  std::uint64_t key_ = 0;        ///< of the session; 0: none
  std::uint64_t next_ticket_ = 1;
  std::string input_;            ///< not yet a whole record, or waiting while full
  std::vector<waiting_call> waiting_;
  std::vector<running_call> running_;
  chat::clock::steady opened_;
  chat::clock::steady last_sent_;
  chat::clock::steady last_heard_;
  chat::timestamp expires_at_;   ///< the end of the token; none: it has no end
  chat::token_bucket pings_;
};

}  // namespace parley::net::signalr
