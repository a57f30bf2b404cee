#pragma once

#include <string>
#include <vector>

#include "net/chat_hub/chat_hub.hpp"
#include "net/signalr/hub_connection.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/fake_transport.hpp"

namespace parley::test {

/// A hub connection between a fake transport and a fake host.
class hub_client {
 public:
  explicit hub_client(net::dialect spoken = net::dialect::messaging,
                      const net::signalr::hub& methods = net::chat_hub())
      : dialect_(spoken), methods_(methods) {
    start();
  }
  explicit hub_client(const net::signalr::hub& methods)
      : hub_client(net::dialect::messaging, methods) {}

  /// Bytes from the client; the connection is as when the socket is read.
  void write(std::string_view bytes) { connection->on_bytes(bytes); }
  /// A record, its separator added.
  void record(std::string text) { write(std::move(text) + '\x1e'); }
  void shake_hands() {
    record(R"({"protocol":"json","version":1})");
    transport.take();
  }
  void invoke(const std::string& id, const std::string& target, const std::string& arguments) {
    record(R"({"arguments":)" + arguments + R"(,"target":")" + target + R"(","invocationId":")" +
           id + R"(","type":1})");
  }
  void send(const std::string& id, const std::string& content = "hi") {
    invoke(id, "Send", R"([{"conversationId":"00000000-0000-7000-8000-0000000000aa","content":")" +
                           content + R"("}])");
  }
  /// Answers the i-th command that the host was asked for.
  void answer(std::size_t i, chat::outcome outcome = chat::outcome{chat::result{chat::done{}}}) {
    connection->on_answer(host.asked_for.at(i).ticket, outcome);
  }
  void refuse(std::size_t i, chat::errc code, std::string detail) {
    answer(i, chat::outcome{chat::unexpected{code, std::move(detail)}});
  }
  /// Time passes; ticks come every quarter of the shortest deadline.
  void wait(std::chrono::milliseconds total) {
    const std::chrono::milliseconds step{250};
    for (; total.count() > 0; total -= step) {
      host.time.turn(step);
      connection->on_tick(host.time.steady_now());
    }
  }
  void start() {
    connection.reset();
    connection = std::make_unique<net::signalr::hub_connection>(
        host, methods_, transport, chat::profile{alice, {}, {}, {}, {}}, dialect_,
        net::signalr::connection_origin{"c-1", nullptr});
  }

  fake_host host;
  fake_transport transport;
  std::unique_ptr<net::signalr::hub_connection> connection;

 private:
  net::dialect dialect_;
  const net::signalr::hub& methods_;
};

/// The record that ends a connection after a malformed one.
inline const std::string closed_with_error =
    R"({"type":7,"error":"Connection closed with an error.","allowReconnect":true})";

}  // namespace parley::test
