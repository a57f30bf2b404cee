#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/connection_host.hpp"
#include "net/signalr/hub.hpp"
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
  virtual auto has_unsent() const -> bool = 0;
  /// May a binary hub protocol be spoken? (Not over Server-Sent Events.)
  virtual auto carries_binary() const -> bool { return true; }
  /// So much waits that no further call shall be started; on_drained follows.
  virtual auto is_congested() const -> bool = 0;
  /// Forgets what is queued and not yet begun.
  virtual void discard_unsent() = 0;
  /// Ends the transport once what is queued is written. @param failed an internal error
  virtual void end(bool failed) = 0;
  /// No more on_bytes until resume_reading.
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;
};

/// One client of the hub, whatever carries its bytes: handshake, records, invocations in order,
/// keep-alive, and the end. Source: docs/protocol.md.
///
/// Invocations start in arrival order, one at a time; pipelined ones may overlap each other. When
/// `hub.max_pending_invocations` wait or run, the transport is not read.
class hub_connection final : public event_listener {
 public:
  hub_connection(connection_host& host, const hub& methods, transport& out, chat::profile user,
                 net::dialect dialect);
  ~hub_connection() override;

  /// Input as it comes: record borders and frame borders are unrelated.
  void on_bytes(std::string_view bytes);
  /// The transport ended. @param clean the client closed it in the agreed way
  void on_transport_closed(bool clean);
  /// Deadlines; about every quarter of the shortest one.
  void on_tick(chat::clock::steady now);
  /// The transport is congested no more.
  void on_drained();
  /// Something was written since the last tick.
  void note_sent() { sent_since_tick_ = true; }
  /// The server goes away; the client shall come back.
  void shut_down() { end({}, true, false); }

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
  auto goes_on_over_rate(const chat::error& why) -> bool;
  void send_record(const std::string& record);
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
  std::int64_t refused_minute_ = 0;  ///< since opened_: the last one with a refusal
  std::size_t refused_in_row_ = 0;   ///< such minutes, up to that one
  chat::clock::steady opened_;
  chat::clock::steady last_sent_;
  chat::clock::steady last_heard_;
};

}  // namespace parley::net::signalr
