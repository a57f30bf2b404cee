#include "net/transports/resumable_connection.hpp"

#include <catch2/catch.hpp>

#include "tests/support/fake_host.hpp"
#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::net;
using namespace std::chrono_literals;
using records = std::vector<std::string>;

namespace {

/// Stands for a WebSocket: keeps what was sent.
class fake_link final : public websocket_link {
 public:
  auto send(const frame_ptr& what) -> bool override {
    sent.emplace_back(what->record());
    return true;
  }
  void send_answer(const frame_ptr& what) override { sent.emplace_back(what->record()); }
  auto has_unsent() const -> bool override { return unsent > 0; }
  auto is_congested() const -> bool override { return congested; }
  void discard_unsent() override {}
  void end(bool) override { ++ends; }
  void pause_reading() override { is_reading = false; }
  void resume_reading() override { is_reading = true; }
  auto unsent_bytes() const -> std::size_t override { return unsent; }
  void abandon() override { is_abandoned = true; }

  auto take() -> records {
    records all;
    for (auto& one : std::exchange(sent, {})) all.push_back(one.substr(0, one.size() - 1));
    return all;
  }

  records sent;
  std::size_t unsent = 0;
  int ends = 0;
  bool congested = false;
  bool is_reading = true;
  bool is_abandoned = false;
};

auto event(const std::string& name, std::size_t padding = 0, bool ephemeral = false) {
  const auto record = R"({"type":1,"target":")" + name + R"(","arguments":[")" +
                      std::string(padding, 'x') + "\"]}\x1e";
  return frame_ptr{new frame{record, wire_format::text, ephemeral}};
}
auto text_of(const frame_ptr& what) {
  return std::string{what->record().substr(0, what->record().size() - 1)};
}
auto call(const std::string& id) {
  return R"({"type":1,"target":"Nothing","arguments":[],"invocationId":")" + id + "\"}\x1e";
}
auto sequence(std::uint64_t n) {
  return R"({"type":9,"sequenceId":)" + std::to_string(n) + "}\x1e";
}
auto ack(std::uint64_t n) { return R"({"type":8,"sequenceId":)" + std::to_string(n) + "}\x1e"; }
auto without_end(std::string record) {
  record.pop_back();
  return record;
}
auto has(const records& all, std::string_view part) {
  return std::any_of(all.begin(), all.end(),
                     [part](auto& one) { return one.find(part) != std::string::npos; });
}

/// One negotiated connection on a thread that the test turns by hand.
struct stateful_world {
  explicit stateful_world(int version = 2, std::size_t buffer = 10'000) {
    host.settings.hub.stateful_buffer_bytes = buffer;
    thread.attach(host);
    held = std::make_shared<resumable_connection>(
        thread, hub_client{{test::alice, {}, {}, {}, {}}, {}, {}, {}});
    held->start(open.add("token", {test::alice, carrier::websocket, &thread, held, true}));
    held->attach(first);
    held->on_bytes(R"({"protocol":"json","version":)" + std::to_string(version) + "}\x1e");
    CHECK(first.take() == records{"{}"});
  }
  ~stateful_world() {
    held->on_transport_closed(false);
    held.reset();
    thread.io().poll();
  }

  /// Ticks every 250 ms, from whoever gives them: the socket, or the thread.
  void wait(std::chrono::milliseconds total) {
    for (; total.count() > 0; total -= 250ms) {
      host.time.turn(250ms);
      held->on_tick(host.time.steady_now());
    }
  }
  auto is_known() { return open.find("token").has_value(); }
  auto push(const frame_ptr& what) { return static_cast<signalr::transport&>(*held).send(what); }

  test::fake_host host;
  http_transports open;
  io_thread thread{host.settings};
  fake_link first;
  fake_link second;
  std::shared_ptr<resumable_connection> held;
};

}  // namespace

TEST_CASE("a lost socket leaves the session open, and the id good", "[net][stateful]") {
  stateful_world w;
  w.held->on_transport_lost();
  w.wait(14s);
  CHECK(w.host.closed.empty());
  CHECK(w.is_known());
  CHECK(w.thread.connection_count() == 1);
}

TEST_CASE("a dormant connection is cut after its wait, as any other", "[net][stateful]") {
  stateful_world w;
  w.held->on_transport_lost();
  w.wait(15'500ms);
  REQUIRE(w.host.closed.size() == 1);
  CHECK_FALSE(w.host.closed[0].second);
  CHECK_FALSE(w.is_known());
  CHECK(w.thread.connection_count() == 0);
}

TEST_CASE("a dormant connection is not timed out by the hub", "[net][stateful]") {
  stateful_world w;
  w.host.settings.hub.resume_timeout_ms = 3'600'000;
  w.held->on_bytes("{\"type\":6}\x1e");
  w.held->on_transport_lost();
  w.wait(60s);
  CHECK(w.host.closed.empty());
  w.held->attach(w.second);
  w.wait(1s);
  CHECK(w.host.closed.empty());
}

TEST_CASE("the new socket begins with a Sequence and what was not acknowledged",
          "[net][stateful]") {
  stateful_world w;
  const auto one = event("One"), two = event("Two"), three = event("Three");
  w.push(one);
  w.push(two);
  w.held->on_bytes(ack(1));
  w.held->on_transport_lost();
  w.push(three);
  w.held->attach(w.second);
  CHECK(w.second.take() == records{without_end(sequence(2)), text_of(two), text_of(three)});
  const auto four = event("Four");
  w.push(four);
  CHECK(w.second.take() == records{text_of(four)});
}

TEST_CASE("with nothing to send again the Sequence says the next number", "[net][stateful]") {
  stateful_world w;
  w.push(event("One"));
  w.held->on_bytes(ack(1));
  w.held->on_transport_lost();
  w.held->attach(w.second);
  CHECK(w.second.take() == records{without_end(sequence(2))});
}

TEST_CASE("handshake, pings, acks and the Close are neither counted nor kept", "[net][stateful]") {
  stateful_world w;
  w.wait(16s);  // a ping went out
  CHECK(has(w.first.take(), "\"type\":6"));
  w.push(event("One"));
  w.held->on_transport_lost();
  w.held->attach(w.second);
  CHECK(w.second.take() == records{without_end(sequence(1)), text_of(event("One"))});
}

TEST_CASE("a message and its notification are two records in one frame", "[net][stateful]") {
  stateful_world w;
  const std::string both{text_of(event("One")) + "\x1e" + text_of(event("Two")) + "\x1e"};
  w.push(frame_ptr{new frame{both, wire_format::text}});
  w.held->on_bytes(ack(2));
  w.held->on_transport_lost();
  w.held->attach(w.second);
  CHECK(w.second.take() == records{without_end(sequence(3))});
}

TEST_CASE("an upgrade takes over from a socket that still seems alive", "[net][stateful]") {
  stateful_world w;
  w.held->attach(w.second);
  CHECK(w.first.is_abandoned);
  CHECK(w.second.take() == records{without_end(sequence(1))});
  CHECK(w.host.closed.empty());
}

TEST_CASE("calls that came twice run once", "[net][stateful]") {
  stateful_world w;
  w.held->on_bytes(call("a") + call("b"));
  w.first.take();
  w.held->on_bytes(ack(2));
  w.held->on_transport_lost();
  w.held->attach(w.second);
  w.held->on_bytes(call("early"));
  w.held->on_bytes(sequence(2) + call("b") + call("c"));
  const auto sent = w.second.take();
  CHECK(sent.size() == 2);
  CHECK(has(sent, R"("invocationId":"c")"));
}

TEST_CASE("half a record of the old socket is forgotten", "[net][stateful]") {
  stateful_world w;
  w.held->on_bytes(call("a").substr(0, 20));
  w.held->on_transport_lost();
  w.held->attach(w.second);
  w.held->on_bytes(sequence(1) + call("a"));
  CHECK(has(w.second.take(), R"("invocationId":"a")"));
}

TEST_CASE("a Sequence from the future ends the connection at once", "[net][stateful]") {
  stateful_world w;
  w.held->attach(w.second);
  w.held->on_bytes(sequence(2));
  CHECK(has(w.second.take(), "Connection closed with an error."));
  CHECK(w.second.ends == 1);
  CHECK_FALSE(w.is_known());
}

TEST_CASE("the client hears once a second how far it was heard, if that moved",
          "[net][stateful]") {
  stateful_world w;
  w.held->on_bytes(call("a"));
  w.first.take();
  w.wait(250ms);
  CHECK(w.first.take() == records{without_end(ack(1))});
  w.wait(2s);
  CHECK_FALSE(has(w.first.take(), "\"type\":8"));
  for (const auto* id : {"b", "c", "d", "e"}) {
    w.held->on_bytes(call(id));
    w.wait(250ms);
  }
  w.wait(1s);
  const auto said = w.first.take();
  CHECK(std::count_if(said.begin(), said.end(),
                      [](auto& one) { return one.starts_with(R"({"type":8)"); }) == 2);
  CHECK(has(said, without_end(ack(5))));
}

TEST_CASE("after a Close the id is dead, from either side", "[net][stateful]") {
  stateful_world w;
  SECTION("the client's") { w.held->on_bytes("{\"type\":7}\x1e"); }
  SECTION("the server's") { w.held->shut_down(); }
  CHECK_FALSE(w.is_known());
  CHECK(w.first.ends == 1);
  w.held->on_transport_lost();  // it need not say goodbye to the socket too
  CHECK(w.thread.connection_count() == 0);
  w.held->attach(w.second);
  CHECK(w.second.is_abandoned);
}

TEST_CASE("a close frame is the end, at once", "[net][stateful]") {
  stateful_world w;
  w.held->on_transport_closed(true);
  CHECK(w.host.closed.size() == 1);
  CHECK_FALSE(w.is_known());
}

TEST_CASE("a socket that takes over and stays silent is dropped", "[net][stateful]") {
  stateful_world w;
  w.held->attach(w.second);
  w.wait(16s);
  CHECK(w.second.is_abandoned);
  CHECK(w.host.closed.size() == 1);
}

TEST_CASE("while dormant, more than the buffer holds is the end", "[net][stateful]") {
  stateful_world w{2, 1'000};
  w.held->on_transport_lost();
  CHECK(w.push(event("One", 400)));
  CHECK_FALSE(w.push(event("Two", 700)));
  auto& listener = static_cast<signalr::transport&>(*w.held);
  SECTION("events: the hub ends it") {
    listener.end(true);
    CHECK_FALSE(w.is_known());
  }
  SECTION("answers: the next tick does") {
    listener.send_answer(event("Answer", 700));
    w.wait(250ms);
    CHECK(w.host.closed.size() == 1);
  }
}

TEST_CASE("while dormant typing and presence stand back at half the buffer", "[net][stateful]") {
  stateful_world w{2, 1'000};
  w.held->on_transport_lost();
  CHECK(w.push(event("UserOnline", 100, true)));
  CHECK(w.push(event("Message", 300)));
  CHECK(w.push(event("UserTyping", 100, true)));
  w.held->attach(w.second);
  const auto sent = w.second.take();
  CHECK(has(sent, "UserOnline"));
  CHECK_FALSE(has(sent, "UserTyping"));
}

TEST_CASE("a socket lost while the buffer has a gap ends the connection; an ack closes the gap",
          "[net][stateful]") {
  stateful_world w{2, 1'000};
  for (int i = 0; i < 3; ++i) CHECK(w.push(event("Message", 400)));
  SECTION("with the gap") {
    w.held->on_transport_lost();
    CHECK(w.host.closed.size() == 1);
    CHECK_FALSE(w.is_known());
  }
  SECTION("acknowledged") {
    w.held->on_bytes(ack(2));
    w.held->on_transport_lost();
    CHECK(w.host.closed.empty());
  }
}

TEST_CASE("a slow reader is let go at the bound of its outbox", "[net][stateful]") {
  stateful_world w;
  w.first.unsent = w.host.settings.hub.max_outbox_bytes;
  CHECK_FALSE(w.push(event("Message")));
  w.first.congested = true;
  CHECK(w.push(event("UserTyping", 0, true)));
  CHECK(w.first.take().empty());
}

TEST_CASE("with version 1 it is a connection as any other", "[net][stateful]") {
  stateful_world w{1};
  w.held->on_bytes(call("a"));
  w.wait(3s);
  CHECK_FALSE(has(w.first.take(), "\"type\":8"));
  w.held->on_transport_lost();
  CHECK(w.host.closed.size() == 1);
  CHECK_FALSE(w.is_known());
}

TEST_CASE("a connection that is paused stays so on its new socket", "[net][stateful]") {
  stateful_world w;
  std::string input;
  for (int i = 0; i < 16; ++i)
    input += R"({"type":1,"target":"GetPresence","arguments":[[]],"invocationId":")" +
             std::to_string(i) + "\"}\x1e";
  w.held->on_bytes(input);
  REQUIRE_FALSE(w.first.is_reading);
  w.held->attach(w.second);
  CHECK_FALSE(w.second.is_reading);
  w.wait(16s);
  CHECK_FALSE(w.second.is_abandoned);
}

TEST_CASE("a dormant connection does not outlast a server that drains", "[net][stateful]") {
  stateful_world w;
  w.held->on_transport_lost();
  bool is_drained = false;
  w.thread.drain(1s, [&] { is_drained = true; });
  CHECK(is_drained);
  CHECK(w.host.closed.size() == 1);
  CHECK_FALSE(w.is_known());
}

TEST_CASE("messagepack records are counted by their lengths", "[net][stateful]") {
  stateful_world w{1};  // its own, to choose the protocol
  auto held = std::make_shared<resumable_connection>(
      w.thread, hub_client{{test::bob, {}, {}, {}, {}}, {}, {}, {}});
  held->start(w.open.add("other", {test::bob, carrier::websocket, &w.thread, held, true}));
  held->attach(w.second);
  held->on_bytes("{\"protocol\":\"messagepack\",\"version\":2}\x1e");
  w.second.sent.clear();
  const auto& protocol = signalr::messagepack_protocol();
  const auto record = protocol.invocation("One", codec::json::array({1}));
  auto& out = static_cast<signalr::transport&>(*held);
  CHECK(out.send(frame_ptr{new frame{record + record, wire_format::binary}}));
  held->on_bytes(protocol.ack(2));
  held->on_transport_lost();
  w.first.sent.clear();
  held->attach(w.first);
  CHECK(w.first.sent == records{protocol.sequence(3)});
  held->on_transport_closed(false);
}
