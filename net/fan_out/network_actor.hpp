#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <unordered_map>

#include "actors/messages.hpp"
#include "actors/pinned_actor.hpp"
#include "net/chat_hub/event_frames.hpp"
#include "net/fan_out/roster.hpp"
#include "net/signalr/connection_host.hpp"

namespace parley::net {

/// Runs actors on an io_context's thread. What they say to each other there is heard before the next
/// handler runs, up to a bound: a message passes its session, conversation and network actor without
/// a look at the sockets in between.
class asio_host final : public actors::actor_host {
 public:
  asio_host(caf::actor_system& system, boost::asio::io_context& io)
      : actors::actor_host(&system), io_(io) {}
  void exec_later(caf::resumable* job) override;

 private:
  void run_ready();

  boost::asio::io_context& io_;
  std::deque<caf::resumable*> ready_;  ///< touched by the io thread only
  bool runs_soon_ = false;             ///< run_ready is posted or under way
};

enum class session_kind : std::uint8_t { messaging_hub, classic_hub, rest };

/// What a network actor needs from the rest of the server.
struct network_services {
  std::uint16_t index = 0;
  const config::options* options = nullptr;
  telemetry::metrics* metrics = nullptr;
  const chat::clock* clock = nullptr;
  /// Spawns a session pinned to this network's thread.
  std::function<caf::actor(const chat::caller&, const chat::profile&, session_kind)> spawn_session;
  /// Takes a call from the budget of a user. @thread any
  std::function<chat::expected<void>(const chat::user_id&)> charge_call;
};

/// One per io thread: takes commands from its connections to their sessions, and events from
/// conversations, the registry and presence to its connections' outboxes.
class network_actor final : public actors::pinned_actor, public connection_host {
 public:
  network_actor(caf::actor_config& config, asio_host& host, boost::asio::io_context& io,
                network_services services);

  auto make_behavior() -> caf::behavior override;
  void on_exit() override;

  // connection_host
  auto open_hub_session(event_listener& who, const chat::profile& user) -> std::uint64_t override;
  auto open_rest_session(asker& who, const chat::profile& user) -> std::uint64_t override;
  void execute(std::uint64_t key, std::uint64_t ticket, chat::request what,
               std::string case_id) override;
  auto charge(const chat::user_id& who) -> chat::expected<void> override {
    return services_.charge_call(who);
  }
  void close_session(std::uint64_t key, bool clean) override;
  auto options() const -> const config::options& override { return *services_.options; }
  auto metrics() const -> telemetry::metrics& override { return *services_.metrics; }
  auto clock() const -> const chat::clock& override { return *services_.clock; }

 private:
  struct open_session {
    asker* owner = nullptr;
    caf::actor actor;
    bool is_hub = false;
  };
  /// Messages handed out since the last receipt of a conversation.
  struct unreceipted {
    caf::actor_addr owner;
    chat::people participants;
    std::uint64_t last_seq = 0;
    chat::user_id last_sender;
    bool is_two_person = false;
    std::uint64_t last_by_another = 0;  ///< newest seq of somebody other than last_sender
    chat::clock::steady due{};
    std::vector<std::uint64_t> behind;  ///< connections that still had it to take, in ascending order
  };

  void on_answer(const actors::answered& what);
  void on_waits(actors::waits_for_register& what);
  auto claim(roster::seat& who, const chat::outcome& handed_over) -> chat::outcome;
  void on_fan_out(const actors::fan_out& what);
  void on_message(const actors::fan_out& what, const chat::message_posted& posted);
  void on_notify(const actors::notify_users& what);
  void note_unreceipted(const actors::fan_out& what, const chat::message_posted& posted);
  void schedule_receipts();
  void send_receipts();
  template <class HandOut>
  void hand_out(HandOut handing);
  auto open(asker& who, const chat::profile& user, session_kind kind) -> std::uint64_t;

  boost::asio::steady_timer receipt_timer_;
  network_services services_;
  roster roster_;
  std::unordered_map<std::uint64_t, open_session> sessions_;
  std::unordered_map<chat::conversation_id, unreceipted> unreceipted_;
  std::vector<std::pair<std::uint64_t, bool>> closing_;  ///< sessions that ended in a hand-out
  bool handing_out_ = false;
  bool receipts_scheduled_ = false;
  std::uint64_t next_key_ = 1;
};

}  // namespace parley::net
