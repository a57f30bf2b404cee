#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "bench/load/link.hpp"
#include "bench/load/protocol.hpp"
#include "bench/wire/record_scanner.hpp"

namespace parley::bench {

class connection;

/// Hears what the connections of one epoll loop have read.
class connection_listener {
 public:
  virtual ~connection_listener() = default;
  /// The handshake is done.
  virtual void on_open(connection& from) = 0;
  /// One record, handshake and pings apart. Its views end with the call.
  virtual void on_record(connection& from, const hub_record& record) = 0;
};

/// Where and as whom a connection signs in.
struct login {
  endpoint server;
  std::uint32_t source_address = 0;  ///< 0 = any
  identity who;
  bool negotiate = false;  ///< POST negotiate first; transports that need it always do
};

/// One client on one transport, and a protocol on it. A refusal before it is open ends the run as
/// "cannot run"; a close or a broken frame later as "check failed". After `leave` or `drop` it can
/// start again.
class connection : public link_owner {
 public:
  explicit connection(std::uint32_t index) : index_(index) {}

  auto index() const -> std::uint32_t { return index_; }
  auto is_open() const -> bool { return is_open_; }

  void start(login who, shared_io& io);
  /// Sends one payload of the protocol.
  virtual void send_payload(std::string_view payload, shared_io& io) = 0;
  void ping(shared_io& io);
  /// Says goodbye, where the transport has a word for it, and closes.
  void leave(shared_io& io);
  /// Closes without a word.
  void drop();

 protected:
  virtual void begin(shared_io& io) = 0;
  virtual void say_goodbye(shared_io&) {}
  virtual void close_links() = 0;

  /// The transport is ready: the protocol's greeting may go.
  void greet(shared_io& io);
  void on_payload(std::string_view payload, shared_io& io);
  void on_lost(link& which, const std::string& why, shared_io& io) override;
  [[noreturn]] void fail(const std::string& what) const;
  auto who() const -> const login& { return login_; }

 private:
  void open(shared_io& io);

  std::uint32_t index_;
  int step_ = 0;  ///< of the protocol's opening
  bool is_open_ = false;
  login login_;
};

/// The head of a request with the connection's token. @param more  further lines, each with CRLF
auto request_head(std::string_view verb, std::string_view target, const identity& who,
                  std::string_view more) -> std::string;

/// Reads a negotiate answer. @returns the connection token; empty when it was refused
auto negotiated_token(std::string_view answer) -> std::string;

/// @param transport  websocket, sse (text protocols only) or poll
/// @throws run_failure for another one
auto make_connection(std::string_view transport, std::uint32_t index)
    -> std::unique_ptr<connection>;

auto make_websocket_connection(std::uint32_t index) -> std::unique_ptr<connection>;
auto make_event_stream_connection(std::uint32_t index) -> std::unique_ptr<connection>;
auto make_polling_connection(std::uint32_t index) -> std::unique_ptr<connection>;

}  // namespace parley::bench
