#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/transports/resumable_connection.hpp"
#include "tests/fuzz/host.hpp"
#include "tests/fuzz/script_client.hpp"
#include "tests/fuzz/script_hub.hpp"

namespace parley::fuzz {

/// One hub connection between a client, a socket and a host that do what a script says.
///
/// The first line has letters: m MessagePack (else JSON), s stateful reconnect, c chat's hub, k the
/// same for classic clients (else a hub of test methods), d detailed errors, w a wide outbox, h no
/// handshake of itself. Each further line is a step:
///   <RECORD  the client sends a record, written as JSON (a MessagePack one as its array)
///   =BYTES   the client sends bytes
///   aTEXT A  the host answers its oldest question, well or not; people wrote TEXT
///   r R      the client answers the oldest call of its methods, well or not
///   g G      the oldest call of Hold ends, well or not
///   tN       N times 2.5 seconds pass (one digit)
///   uN       the client takes 10^N bytes (one digit)
///   eN ENTEXT  an event of the N-th kind comes (one digit; e+: the 10th), by itself or a message's with its
///            notification; people wrote TEXT
///   i        the hub calls a method of the client's, with a result
///   k        the client acknowledges what came (stateful reconnect)
///   l n      the socket is lost; the client comes with a new one
///   x        the client refreshed its token
///   z Z      the socket is closed, cleanly or not
///   q        the server stops
class script {
 public:
  /// @param in_pieces  what the client sends comes in pieces, not at once
  script(std::string_view text, bool in_pieces);
  ~script();

  /// Takes all steps, then lets everything come to its end while the connection is good.
  /// @returns what the client saw, and what was asked
  auto run() -> std::string;

 private:
  void connect();
  void step(std::string_view line);
  void step_host(std::string_view line);
  void step_socket(char what);
  auto record_of(std::string_view text) const -> std::string;
  void client_sends(std::string_view bytes);
  void pump();
  void client_takes(std::size_t count);
  auto answer_next(bool well, std::string_view text) -> bool;
  void push_event(unsigned kind, bool both, std::string_view text);
  void pass(int steps);
  void lose();
  void come_back();
  void close(bool clean);
  void settle();
  void check();
  auto is_good() const -> bool { return link_ && !link_->is_over() && !closed_; }
  auto input() -> net::signalr::hub_input&;
  auto has(char letter) const -> bool { return letters_.find(letter) != std::string_view::npos; }

  std::string_view letters_;
  std::string_view steps_;
  bool in_pieces_;
  fuzz_host& host_ = fresh_host();
  net::http_transports open_;
  script_hub hub_;
  std::string log_;
  std::string inbox_;  ///< what the connection has not read yet
  std::size_t answered_ = 0;
  bool closed_ = false;
  std::unique_ptr<script_client> client_;
  std::unique_ptr<script_link> link_;
  std::vector<std::unique_ptr<script_link>> old_links_;
  std::unique_ptr<net::signalr::hub_connection> plain_;     ///< either this,
  std::shared_ptr<net::resumable_connection> resumable_;    ///< or this
};

}  // namespace parley::fuzz
