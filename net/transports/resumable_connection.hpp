#pragma once

#include <optional>

#include "net/signalr/hub_connection.hpp"
#include "net/transports/hub_client.hpp"
#include "net/transports/replay_buffer.hpp"
#include "net/transports/websocket.hpp"

namespace parley::net {

/// A hub connection that outlives its WebSocket: SignalR's stateful reconnect. It stands between
/// the hub connection and the socket of the moment, numbers and keeps what is sent, and passes over
/// what comes twice.
///
/// A socket that is lost without a goodbye leaves it dormant for `hub.resume_timeout_ms`: the hub
/// sees nothing of it, events wait here. An upgrade with the same id takes it over, also while the
/// old socket still seems alive. With a handshake of version 1 it is a connection as any other.
///
/// @thread its io thread  @source signalr.md, section 11
class resumable_connection final : public std::enable_shared_from_this<resumable_connection>,
                                   public connection,
                                   public signalr::transport,
                                   public signalr::hub_input,
                                   public http_carried {
 public:
  resumable_connection(io_thread& thread, hub_client who);
  ~resumable_connection() override;

  /// From here on it keeps itself, until its end. @param token its place among the open ones
  void start(http_transports::registration token);
  /// Everything that the client may lack is still here; without it nothing takes over.
  auto is_whole() const -> bool { return buffer_.is_whole(); }
  /// A socket is ready: the first one, or one that takes over.
  void attach(websocket_link& link);

  // connection, and hub_input (ticks come through the socket, or from the thread while dormant)
  void on_tick(std::chrono::steady_clock::time_point now) override;
  void shut_down() override { hub_.shut_down(); }

  // signalr::transport
  auto send(const frame_ptr& what) -> bool override;
  void send_answer(const frame_ptr& what) override;
  void send_control(const frame_ptr& what) override;
  void on_handshake(int version) override { counts_ = version >= 2; }
  auto admit(const signalr::hub_message& what) -> chat::expected<bool> override;
  auto has_unsent() const -> bool override;
  auto is_congested() const -> bool override { return link_ != nullptr && link_->is_congested(); }
  void discard_unsent() override;
  void blame_client() override;
  void end(bool failed) override;
  void pause_reading() override;
  void resume_reading() override;

  // signalr::hub_input
  void on_bytes(std::string_view bytes) override { hub_.on_bytes(bytes); }
  void on_transport_closed(bool clean) override;
  void on_transport_lost() override;
  void on_drained() override { hub_.on_drained(); }
  void note_sent() override { hub_.note_sent(); }

  // http_carried
  void extend(chat::timestamp until) override { hub_.extend(until); }
  auto take_over(stream& wire, http_request& request, chat::timestamp until)
      -> http::status override;

 private:
  using steady = std::chrono::steady_clock::time_point;

  void keep(const frame_ptr& what);
  auto is_room_for(const frame& what) const -> bool;
  void resume();
  void acknowledge(steady now);
  auto now() const -> steady { return thread_.host().clock().steady_now(); }
  auto options() const -> const config::hub_options& { return thread_.host().options().hub; }
  void finish();

  std::shared_ptr<resumable_connection> alive_;  ///< from the upgrade to the end
  io_thread& thread_;
  std::shared_ptr<void> place_;
  http_transports::registration registration_;
  signalr::replay_buffer buffer_;
  signalr::hub_connection hub_;
  websocket_link* link_ = nullptr;  ///< none: dormant, or ended
  bool counts_ = false;             ///< stateful reconnect is on: the handshake said version 2
  bool paused_ = false;
  bool ended_ = false;
  std::optional<steady> dormant_since_;
  steady sequence_due_{};      ///< a client that took over must have begun by then
  steady next_ack_{};
  std::uint64_t acknowledged_ = 0;  ///< the last one we told the client
};

}  // namespace parley::net
