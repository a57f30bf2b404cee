// Methods that a hub runs itself: answers, streams both ways, calls of the client, life cycle.

#include <catch2/catch.hpp>

#include "tests/support/hub_client.hpp"

using namespace parley;
using namespace parley::test;
using namespace parley::net::signalr;
using net::codec::client_value;
using records = std::vector<std::string>;

namespace {

/// A hub whose calls the test holds in its hand.
struct held_hub {
  held_hub() {
    const auto hold = [this](const invocation_ptr& call, client_value) { calls.push_back(call); };
    methods.add({.name = "Plain", .run = hold});
    methods.add({.name = "Items", .run = hold, .streams = true});
    methods.add({.name = "Up", .run = hold, .uploads = {kind::text}});
    methods.add({.name = "Command", .bind = [](client_value) -> chat::expected<chat::request> {
                   return chat::request{chat::join{}};
                 }});
    methods.on_connected = [this](caller& one) -> std::optional<hub_failure> {
      who = &one;
      return refusal;
    };
    methods.on_disconnected = [this](caller&) { ++disconnects; };
  }

  hub methods;
  std::vector<invocation_ptr> calls;
  std::optional<hub_failure> refusal;
  caller* who = nullptr;
  int disconnects = 0;
};

auto item(const std::string& id, const std::string& text) {
  return R"({"type":2,"invocationId":")" + id + R"(","item":")" + text + "\"}";
}

auto done(const std::string& id) { return R"({"type":3,"invocationId":")" + id + "\"}"; }

auto failed(const std::string& id, const std::string& error) {
  return R"({"type":3,"invocationId":")" + id + R"(","error":")" + error + "\"}";
}

const std::string void_of_1 = R"({"type":3,"invocationId":"1","result":null})";

void open_stream(hub_client& c, const std::string& id, const std::string& target = "Items") {
  c.record(R"({"type":4,"target":")" + target + R"(","arguments":[],"invocationId":")" + id +
           "\"}");
}

void open_upload(hub_client& c, const std::string& id, const std::string& stream) {
  c.record(R"({"type":1,"target":"Up","arguments":[],"invocationId":")" + id +
           R"(","streamIds":[")" + stream + "\"]}");
}

}  // namespace

TEST_CASE("an own method is answered once, and the next one starts then", "[net][hub][own]") {
  held_hub hub;
  hub_client c{hub.methods};
  c.shake_hands();
  c.invoke("1", "Plain", "[]");
  c.invoke("2", "Command", "[]");
  REQUIRE(hub.calls.size() == 1);
  CHECK(c.host.asked_for.empty());
  hub.calls[0]->complete("x");
  hub.calls[0]->complete("y");
  hub.calls[0]->fail({"late"});
  CHECK(c.transport.take() == records{R"({"type":3,"invocationId":"1","result":"x"})"});
  CHECK(c.host.asked_for.size() == 1);
  CHECK_FALSE(hub.calls[0]->is_open());
}

TEST_CASE("own failures show their text when it is meant for the client", "[net][hub][own]") {
  held_hub hub;
  hub_client c{hub.methods};
  c.shake_hands();
  c.invoke("1", "Plain", "[]");
  hub.calls[0]->fail({"told"});
  c.invoke("2", "Plain", "[]");
  hub.calls[1]->fail({"secret", "InvalidOperationException"});
  c.host.settings.hub.detailed_errors = true;
  c.invoke("3", "Plain", "[]");
  hub.calls[2]->fail({"detail", "InvalidOperationException"});
  const std::string prefix = "An unexpected error occurred invoking 'Plain' on the server.";
  CHECK(c.transport.take() == records{failed("1", prefix + " HubException: told"),
                                      failed("2", prefix),
                                      failed("3", prefix + " InvalidOperationException: detail")});
}

TEST_CASE("a stream runs beside other calls and ends without a result", "[net][hub][streams]") {
  held_hub hub;
  hub_client c{hub.methods};
  c.shake_hands();
  open_stream(c, "s");
  c.invoke("1", "Plain", "[]");
  REQUIRE(hub.calls.size() == 2);
  const std::vector<json> items{"a", "b"};
  CHECK(hub.calls[0]->send_items(items) == 2);
  CHECK(c.transport.sent.size() == 1);
  hub.calls[1]->complete();
  hub.calls[0]->complete();
  CHECK(c.transport.take() == records{item("s", "a"), item("s", "b"), void_of_1, done("s")});
}

TEST_CASE("items go out in frames of bounded size, one at least", "[net][hub][streams]") {
  held_hub hub;
  hub_client c{hub.methods};
  c.shake_hands();
  open_stream(c, "s");
  const std::vector<json> items(10, std::string(20'000, 'x'));
  CHECK(hub.calls[0]->send_items(items) == 2);
  const std::vector<json> large(2, std::string(100'000, 'x'));
  CHECK(hub.calls[0]->send_items(large) == 1);
}

TEST_CASE("a stream waits until the client has taken what was sent", "[net][hub][streams]") {
  held_hub hub;
  hub_client c{hub.methods};
  c.shake_hands();
  open_stream(c, "s");
  int rooms = 0;
  c.transport.unsent = true;
  hub.calls[0]->when_room([&] { ++rooms; });
  c.connection->on_drained();  // less, but not nothing
  CHECK(rooms == 0);
  c.transport.unsent = false;
  c.connection->on_drained();
  CHECK(rooms == 1);
  c.connection->on_drained();
  CHECK(rooms == 1);
  hub.calls[0]->when_room([&] { ++rooms; });
  CHECK(rooms == 2);
}

TEST_CASE("a cancelled stream is completed and says no more", "[net][hub][streams]") {
  held_hub hub;
  hub_client c{hub.methods};
  c.shake_hands();
  open_stream(c, "s");
  hub.calls[0]->on_cancel([&] { hub.who->send("Canceled", json::array()); });
  c.record(R"({"type":5,"invocationId":"other"})");
  CHECK(c.transport.take().empty());
  c.record(R"({"type":5,"invocationId":"s"})");
  c.record(R"({"type":5,"invocationId":"s"})");
  const std::vector<json> items{"late"};
  hub.calls[0]->send_items(items);
  hub.calls[0]->complete();
  CHECK(c.transport.take() ==
        records{R"({"type":1,"target":"Canceled","arguments":[]})", done("s")});
  CHECK(hub.calls[0].use_count() == 1);
}

TEST_CASE("a failure before the stream and one in it are told apart", "[net][hub][streams]") {
  held_hub hub;
  hub_client c{hub.methods};
  c.shake_hands();
  open_stream(c, "1");
  hub.calls[0]->fail({"early"});
  open_stream(c, "2");
  hub.calls[1]->begin_stream();
  hub.calls[1]->fail({"late"});
  CHECK(c.transport.take() ==
        records{failed("1", "An unexpected error occurred invoking 'Items' on the server. "
                            "HubException: early"),
                failed("2", "An error occurred on the server while streaming results. "
                            "HubException: late")});
}

TEST_CASE("the way of invoking must be the method's", "[net][hub][streams]") {
  held_hub hub;
  hub_client c{hub.methods};
  c.shake_hands();
  c.invoke("1", "items", "[]");
  open_stream(c, "2", "plain");
  CHECK(c.transport.take() ==
        records{failed("1", "The client attempted to invoke the streaming 'items' method with a "
                            "non-streaming invocation."),
                failed("2", "The client attempted to invoke the non-streaming 'plain' method with "
                            "a streaming invocation.")});
  CHECK(hub.calls.empty());
}

TEST_CASE("the id of a running stream is not taken twice", "[net][hub][streams]") {
  held_hub hub;
  hub_client c{hub.methods};
  c.shake_hands();
  open_stream(c, "s");
  open_stream(c, "s");
  CHECK(hub.calls.size() == 1);
  CHECK(c.transport.take() == records{failed("s", "Invocation ID 's' is already in use.")});
  hub.calls[0]->complete();
  open_stream(c, "s");
  CHECK(hub.calls.size() == 2);
}

TEST_CASE("streams of both directions count towards one bound", "[net][hub][streams]") {
  held_hub hub;
  hub_client c{hub.methods};
  c.host.settings.hub.max_streams = 2;
  c.shake_hands();
  open_stream(c, "1");
  open_upload(c, "2", "u");
  open_stream(c, "3");
  CHECK(hub.calls.size() == 2);
  CHECK(c.transport.take() ==
        records{failed("3", "An unexpected error occurred invoking 'Items' on the server. "
                            "HubException: limit: at most 2 streams at once")});
  hub.calls[1]->complete();
  open_stream(c, "4");
  CHECK(hub.calls.size() == 3);
}

TEST_CASE("uploaded items reach the call as they come, and then the end", "[net][hub][streams]") {
  held_hub hub;
  hub_client c{hub.methods};
  c.shake_hands();
  open_upload(c, "1", "u");
  records got;
  hub.calls.at(0)->on_upload(0, [&](const invocation::upload_event& event) {
    got.push_back(event.is_end ? "end " + event.error : event.item.get<std::string>());
  });
  c.record(R"({"type":2,"invocationId":"u","item":"a"})");
  c.record(R"({"type":2,"invocationId":"other","item":"b"})");
  c.record(R"({"type":3,"invocationId":"other"})");
  c.record(R"({"type":3,"invocationId":"u"})");
  c.record(R"({"type":2,"invocationId":"u","item":"c"})");
  CHECK(got == records{"a", "end "});
  CHECK(c.transport.take().empty());
  hub.calls[0]->complete();
  CHECK(c.transport.take() == records{void_of_1});
}

TEST_CASE("an upload ends in an error when its source fails or an item does not fit",
          "[net][hub][streams]") {
  const auto [record, error] = GENERATE(table<std::string, std::string>(
      {{R"({"type":3,"invocationId":"u","error":"source"})", "source"},
       {R"({"type":3,"invocationId":"u","error":""})", "The stream failed."},
       {R"({"type":2,"invocationId":"u","item":5})", "Failed to bind Stream message."}}));
  held_hub hub;
  hub_client c{hub.methods};
  c.shake_hands();
  open_upload(c, "1", "u");
  std::string got;
  hub.calls.at(0)->on_upload(
      0, [&](const invocation::upload_event& event) { got = event.error; });
  c.record(record);
  CHECK(got == error);
  CHECK(c.transport.ends.empty());
}

TEST_CASE("input waits for an upload whose call has not started", "[net][hub][streams]") {
  held_hub hub;
  hub_client c{hub.methods};
  c.shake_hands();
  c.invoke("1", "Plain", "[]");
  c.invoke("2", "Plain", "[]");
  open_upload(c, "3", "u");
  CHECK_FALSE(c.transport.is_reading);
  c.record(R"({"type":2,"invocationId":"u","item":"a"})");
  hub.calls[0]->complete();
  CHECK(c.transport.is_reading);
  REQUIRE(hub.calls.size() == 3);
}

TEST_CASE("the number of streams sent along must be the method's", "[net][hub][streams]") {
  held_hub hub;
  hub_client c{hub.methods};
  c.shake_hands();
  c.invoke("1", "Up", "[]");
  CHECK(c.transport.take() ==
        records{failed("1", "An unexpected error occurred invoking 'Up' on the server. "
                            "HubException: Client sent 0 stream(s), Hub method expects 1.")});
}

TEST_CASE("a call of the client's method is awaited by its id", "[net][hub][client_calls]") {
  held_hub hub;
  hub_client c{hub.methods};
  c.shake_hands();
  records got;
  const auto note = [&](const chat::expected<json>& answer) {
    got.push_back(answer ? answer->dump() : "error " + answer.error().detail);
  };
  for (int i = 0; i < 3; ++i) hub.who->invoke("Result", json::array({i}), note);
  CHECK(c.transport.take()[1] ==
        R"({"type":1,"target":"Result","arguments":[1],"invocationId":"s2"})");
  c.record(R"({"type":3,"invocationId":"s2","result":10})");
  c.record(R"({"type":3,"invocationId":"s2","result":11})");
  c.record(R"({"type":3,"invocationId":"s1","error":"Error: no"})");
  c.record(R"({"type":3,"invocationId":"s9","result":1})");
  CHECK(got == records{"10", "error Error: no"});
  c.connection->on_transport_closed(false);
  CHECK(got.back() == "error Connection 'c-1' disconnected.");
  CHECK(got.size() == 3);
}

TEST_CASE("calls of the client that wait are bounded", "[net][hub][client_calls]") {
  held_hub hub;
  hub_client c{hub.methods};
  c.shake_hands();
  int refused = 0;
  for (std::size_t i = 0; i <= client_calls::max_waiting; ++i)
    hub.who->invoke("Result", json::array(), [&](const chat::expected<json>& answer) {
      if (!answer && answer.error().code == chat::errc::limit) ++refused;
    });
  CHECK(refused == 1);
  CHECK(c.transport.take().size() == client_calls::max_waiting);
}

TEST_CASE("the end of a connection cancels its calls and is told to the hub once",
          "[net][hub][own]") {
  held_hub hub;
  int canceled = 0;
  {
    hub_client c{hub.methods};
    c.shake_hands();
    c.invoke("1", "Plain", "[]");
    open_stream(c, "s");
    hub.calls[1]->on_cancel([&, call = hub.calls[1]] {
      CHECK_FALSE(call->is_open());
      ++canceled;
    });
    c.record(R"({"type":7})");
    CHECK(c.transport.take() == records{R"({"type":7})"});
  }
  CHECK(canceled == 1);
  CHECK(hub.disconnects == 1);
  hub.calls[0]->complete();
  CHECK(hub.calls[1].use_count() == 1);
}

TEST_CASE("a hub that lets nobody in says why and does not ask back", "[net][hub][own]") {
  held_hub hub;
  hub.refusal = hub_failure{"no", "InvalidOperationException"};
  const auto detailed = GENERATE(false, true);
  hub_client c{hub.methods};
  c.host.settings.hub.detailed_errors = detailed;
  c.record(R"({"protocol":"json","version":1})");
  const std::string more = detailed ? " InvalidOperationException: no" : "";
  CHECK(c.transport.take() ==
        records{"{}", R"({"type":7,"error":"Connection closed with an error.)" + more + "\"}"});
  CHECK(hub.disconnects == 0);
  CHECK(c.host.closed.size() == 1);
}
