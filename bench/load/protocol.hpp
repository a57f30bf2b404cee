#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "bench/wire/record_scanner.hpp"
#include "bench/wire/websocket.hpp"

namespace parley::bench {

/// As whom a connection signs in, and where it wants to be.
struct identity {
  std::string hub_path;
  std::string token;
  std::string user;
  std::string room;  ///< joined while opening by protocols that make no rooms; empty: none
};

/// What one item of a frame meant.
enum class heard : std::uint8_t {
  nothing,  ///< no concern of a load generator
  reply,    ///< the server waits for the reply that was written
  opened,   ///< signed in (and in its room): the load may begin
  record,   ///< a delivery or an answer
};

/// The invocation id of every join.
inline constexpr std::string_view join_id = "join";

/// How one kind of server is spoken to over its WebSocket. Has no state: a connection keeps its
/// step of the opening.
class protocol {
 public:
  /// What the server promises, and so what the judge of a room may ask.
  struct promises {
    bool rooms_by_rest = true;  ///< rooms are made over REST and joined by a call
    bool acks = true;           ///< each send is answered; else its own delivery is the answer
    bool seqs = true;           ///< deliveries are numbered without gaps
  };

  explicit protocol(promises kept) : kept_(kept) {}
  virtual ~protocol() = default;

  auto keeps() const -> const promises& { return kept_; }
  virtual auto frame_kind() const -> opcode { return opcode::text; }
  virtual auto subprotocol() const -> std::string_view { return {}; }
  virtual auto upgrade_target(const identity& who) const -> std::string = 0;
  /// The payload that follows the upgrade; empty when the connection is open with it.
  virtual auto greeting(const identity& who) const -> std::string = 0;
  /// Cuts the next item off a frame's payload and reads it.
  /// @param step  of the opening, kept by the connection; starts at 0
  /// @throws run_failure ("check failed") for what the protocol does not allow
  virtual auto next(std::string_view& payload, const identity& who, int& step, hub_record& out,
                    std::string& reply) const -> heard = 0;
  /// Keeps an idle connection alive; empty: nothing to say.
  virtual auto ping() const -> std::string_view { return {}; }
  /// Appends the payload that posts message `number` of `bytes` length into a room.
  virtual void write_send(std::string& out, std::string_view room, std::uint64_t number,
                          std::uint32_t bytes) const = 0;
  /// Appends the payload that joins a room, with join_id as its id; for servers whose rooms are
  /// made over REST.
  virtual void write_join(std::string&, std::string_view) const {}

 private:
  promises kept_;
};

/// The client's own id of message `number`, as long as a GUID.
auto client_message_id(std::uint64_t number) -> std::string;

/// @param name  hub (SignalR's JSON hub protocol, unnumbered-hub: the same without `seq`),
///              binary-hub (MessagePack), nchan, nats, socketio, xmpp
/// @throws run_failure for another name
auto make_protocol(std::string_view name) -> std::unique_ptr<const protocol>;

auto make_hub_protocol(bool numbered) -> std::unique_ptr<const protocol>;
auto make_binary_hub_protocol() -> std::unique_ptr<const protocol>;
auto make_nchan_protocol() -> std::unique_ptr<const protocol>;
auto make_nats_protocol() -> std::unique_ptr<const protocol>;
auto make_socketio_protocol() -> std::unique_ptr<const protocol>;
auto make_xmpp_protocol() -> std::unique_ptr<const protocol>;

}  // namespace parley::bench
