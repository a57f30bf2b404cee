#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "net/signalr/hub.hpp"

namespace parley::net::signalr {

/// What the invocations of a connection need from it.
class invocation_owner {
 public:
  virtual ~invocation_owner() = default;
  virtual auto as_caller() -> caller& = 0;
  virtual auto protocol() const -> const hub_protocol& = 0;
  virtual auto hub_settings() const -> const config::hub_options& = 0;
  virtual void send_record(std::string record) = 0;
  /// The connection is open and the transport not congested.
  virtual auto may_start_calls() const -> bool = 0;
  virtual auto has_unsent() const -> bool = 0;
  virtual void execute(std::uint64_t ticket, chat::request what) = 0;
  /// A call that is refused without being executed costs what a call costs.
  /// @errors errc::rate_limited
  virtual auto charge_call() -> chat::expected<void> = 0;
  /// An invocation ended outside of take() and start(): others may start, and input be read.
  virtual void on_room() = 0;
};

/// The invocations of one connection: those that wait, in arrival order; those that run one at a
/// time or overlap (pipelined); and those that run beside them (streams, uploads).
///
/// Bounds: `hub.max_pending_invocations` wait or run, `hub.max_streams` stream. Above the first the
/// connection is not read; above the second a call is refused with `limit`.
/// @thread the connection's  @source ASP.NET Core, SignalR/docs/specs/HubProtocol.md
class invocations final : private invocation_site {
 public:
  invocations(invocation_owner& owner, const hub& methods) : owner_(owner), methods_(methods) {}
  ~invocations() override { end(); }

  /// An Invocation or StreamInvocation record.
  void take(hub_message message);
  /// Starts what may start: the next call when nothing runs, and pipelined ones beside each other.
  void start();
  /// No more records shall be read. A call with uploads that waits makes it so as well: its items
  /// are behind it, and nobody takes them yet.
  auto is_full() const -> bool;
  auto has_waiting() const -> bool { return !waiting_.empty(); }

  /// The answer to a command. @returns was it one of an invocation?
  auto take_answer(std::uint64_t ticket, const chat::outcome& outcome) -> bool;
  auto next_ticket() -> std::uint64_t { return next_ticket_++; }

  // Records about streams; an unknown id is ignored.
  void take_item(hub_message& message);
  /// @returns was it the end of an upload?
  auto end_upload(const hub_message& message) -> bool;
  void cancel(const std::string& id);

  /// The client has taken all that was sent: streams go on.
  void on_drained();
  void on_tick();
  /// The connection is over: nothing is answered any more.
  void end();

 private:
  /// A call of the hub's own code with fitted arguments.
  struct own_call {
    const hub_method* method = nullptr;
    json arguments;
    std::vector<std::string> upload_ids;
  };
  /// The text that answers a call which cannot be run.
  struct refusal {
    std::string text;
  };
  using work = std::variant<chat::request, own_call, refusal>;
  struct waiting_call {
    std::string id;
    std::string target;
    bool pipelined = false;
    bool beside = false;
    work what;
  };
  struct running_call {
    std::uint64_t ticket = 0;
    std::string id;
    std::string target;
    bool pipelined = false;
  };

  auto bind(const hub_method* method, hub_message& message) const -> work;
  auto may_start(const waiting_call& call) const -> bool;
  void begin(waiting_call call);
  void begin_own(waiting_call call, own_call& what);
  auto refusal_of(const waiting_call& call, const own_call& what) const -> std::string;
  auto open_streams() const -> std::size_t;
  void refuse(const waiting_call& call, const std::string& why);
  void fail(const std::string& id, const std::string& error);

  // invocation_site
  auto client() -> caller& override { return owner_.as_caller(); }
  auto protocol() const -> const hub_protocol& override { return owner_.protocol(); }
  auto detailed_errors() const -> bool override { return owner_.hub_settings().detailed_errors; }
  auto charge_call() -> chat::expected<void> override { return owner_.charge_call(); }
  void send_record(std::string record) override { owner_.send_record(std::move(record)); }
  auto has_room() const -> bool override { return !owner_.has_unsent(); }
  void on_finished(const invocation& which) override;

  invocation_owner& owner_;
  const hub& methods_;
  bool starting_ = false;
  std::uint64_t next_ticket_ = 1;
  std::vector<waiting_call> waiting_;
  std::vector<running_call> running_;  ///< chat commands
  invocation_ptr own_;                 ///< the hub's own code, in turn
  std::vector<invocation_ptr> beside_;
};

}  // namespace parley::net::signalr
