#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chat/token_bucket.hpp"
#include "net/signalr/client_calls.hpp"
#include "net/signalr/connection_host.hpp"
#include "net/signalr/hub.hpp"
#include "net/signalr/hub_input.hpp"
#include "net/signalr/hub_protocol.hpp"
#include "net/signalr/invocations.hpp"

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
  /// So much waits that no further call shall be started. on_drained follows, and also whenever
  /// everything that waited was written.
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

/// One client of a hub, whatever carries its bytes: handshake, records, keep-alive, and the end.
/// What the client calls, and when that runs, is the matter of `invocations`. Source:
/// docs/protocol.md.
class hub_connection final : public event_listener,
                             public hub_input,
                             private caller,
                             private invocation_owner {
 public:
  hub_connection(connection_host& host, const hub& methods, transport& out, chat::profile user,
                 net::dialect dialect, connection_origin origin = {});
  ~hub_connection() override;

  /// Input as it comes: record borders and frame borders are unrelated.
  void on_bytes(std::string_view bytes) override;
  void on_transport_closed(bool clean) override;
  void on_tick(chat::clock::steady now) override;
  void on_drained() override;
  void note_sent() override { sent_since_tick_ = true; }
  /// The transport itself sees to it that both sides are there: counts as sent and heard.
  void note_polls() { sent_since_tick_ = heard_since_tick_ = true; }
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
  /// What the hub's own code waits for; chat's hub has none.
  struct own_business {
    client_calls calls;
    std::vector<std::pair<std::uint64_t, outcome_handler>> asked;
  };

  void take_records();
  void take_handshake();
  void refuse_handshake(const std::string& reply);
  auto take_record(chat::clock::steady now) -> bool;
  void open(const std::string& reply);
  void handle(hub_message message);
  void go_on();
  void note_refusal(const chat::error& why);
  auto ends_for_going_on() -> bool;
  void pause_if_full();
  void pause();
  void send_control(std::string record);
  void on_ping();
  auto has_expired() const -> bool;
  void violate(const std::string& detail);
  void end(const std::string& error, bool allow_reconnect, bool failed);
  void leave(bool clean);
  auto own() -> own_business&;

  // caller
  auto user() const -> const chat::profile& override { return user_; }
  auto origin() const -> const connection_origin& override { return origin_; }
  void send(std::string_view target, const json& arguments) override;
  void invoke(std::string_view target, const json& arguments, result_handler then) override;
  void ask(chat::request what, outcome_handler then) override;
  void abort() override { end({}, false, false); }

  // invocation_owner
  auto as_caller() -> caller& override { return *this; }
  auto protocol() const -> const hub_protocol& override { return *format_.protocol; }
  auto hub_settings() const -> const config::hub_options& override { return host_.options().hub; }
  void send_record(std::string record) override;
  auto may_start_calls() const -> bool override {
    return state_ == state::open && !out_.is_congested();
  }
  auto has_unsent() const -> bool override { return out_.has_unsent(); }
  void execute(std::uint64_t ticket, chat::request what) override;
  auto charge_call() -> chat::expected<void> override;
  void on_room() override { go_on(); }

  connection_host& host_;
  const hub& methods_;
  transport& out_;
  chat::profile user_;
  connection_origin origin_;
  event_format format_;
  state state_ = state::handshaking;
  bool paused_ = false;     ///< the client is not read: too many calls wait, or it is
  bool over_rate_ = false;  ///< beyond limits.records_*, until a tick finds that it may go on
  bool taking_ = false;
  bool goes_on_ = false;    ///< over a rate for so many minutes that it shall end
  bool pinged_ = false;          ///< the client timeout runs from the first ping on
  bool sent_since_tick_ = false;
  bool heard_since_tick_ = false;
  bool connected_ = false;       ///< the hub let it in
  std::uint64_t key_ = 0;        ///< of the session; 0: none
  std::string input_;            ///< not yet a whole record, or waiting while full
  std::uint32_t refused_minute_ = 0;  ///< since opened_: the last one with a refusal
  std::uint32_t refused_in_row_ = 0;  ///< such minutes, up to that one
  invocations calls_;
  std::unique_ptr<own_business> own_;  ///< made when the hub's code first calls or asks
  chat::clock::steady opened_;
  chat::clock::steady last_sent_;
  chat::clock::steady last_heard_;
  chat::timestamp expires_at_;   ///< the end of the token; none: it has no end
  chat::token_bucket pings_;
  chat::token_bucket records_;
};

}  // namespace parley::net::signalr
