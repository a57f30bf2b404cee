#include "net/transports/replay_buffer.hpp"

#include <catch2/catch.hpp>

using namespace parley;
using namespace parley::net;
using namespace parley::net::signalr;

namespace {

auto frame_of(std::size_t bytes) {
  return frame_ptr{new frame{std::string(bytes, 'x'), wire_format::text}};
}

auto message_of(message_type type, std::uint64_t sequence_id = 0) {
  hub_message made;
  made.type = type;
  made.sequence_id = sequence_id;
  return made;
}

/// Takes records in. @returns for each: is it to be handled?
auto taken(replay_buffer& by, message_type type, int count) {
  std::vector<bool> answers;
  for (int i = 0; i < count; ++i) answers.push_back(*by.admit(message_of(type)));
  return answers;
}

constexpr auto call = message_type::invocation;

}  // namespace

TEST_CASE("only invocations, items, completions and cancels are counted", "[net][stateful]") {
  for (int type = 1; type <= 9; ++type)
    CHECK(is_counted(static_cast<message_type>(type)) == (type <= 5));
}

TEST_CASE("what is sent is kept until it is acknowledged, and shared", "[net][stateful]") {
  replay_buffer buffer{1'000};
  CHECK(buffer.first_to_send() == 1);
  const auto shared = frame_of(10);
  buffer.keep(shared, 1);
  buffer.keep(frame_of(20), 1);
  buffer.keep(frame_of(30), 1);
  CHECK(buffer.kept().front().what == shared);
  CHECK(buffer.first_to_send() == 1);
  const auto all = buffer.bytes();
  buffer.acknowledge(1);
  CHECK(buffer.bytes() == all - shared->size());
  CHECK(buffer.first_to_send() == 2);
  buffer.acknowledge(3);
  CHECK(buffer.bytes() == 0);
  CHECK(buffer.first_to_send() == 4);
}

TEST_CASE("an ack of the past or of the future does no harm", "[net][stateful]") {
  replay_buffer buffer{1'000};
  buffer.keep(frame_of(10), 1);
  buffer.keep(frame_of(10), 1);
  buffer.acknowledge(1);
  buffer.acknowledge(0);
  CHECK(buffer.first_to_send() == 2);
  buffer.acknowledge(1'000'000);
  CHECK(buffer.first_to_send() == 3);
  buffer.keep(frame_of(10), 1);
  CHECK(buffer.kept().front().first == 3);
}

TEST_CASE("a frame of two records goes with its second", "[net][stateful]") {
  replay_buffer buffer{1'000};
  buffer.keep(frame_of(10), 2);
  buffer.keep(frame_of(10), 1);
  buffer.acknowledge(1);
  CHECK(buffer.first_to_send() == 1);
  buffer.acknowledge(2);
  CHECK(buffer.first_to_send() == 3);
}

TEST_CASE("over its bound it forgets the oldest and is whole again once they are acknowledged",
          "[net][stateful]") {
  replay_buffer buffer{100};
  for (int i = 0; i < 3; ++i) buffer.keep(frame_of(40), 1);
  CHECK(buffer.bytes() <= 100);
  CHECK(buffer.kept().size() == 2);
  CHECK_FALSE(buffer.is_whole());
  buffer.acknowledge(1);
  CHECK(buffer.is_whole());
  CHECK(buffer.first_to_send() == 2);
}

TEST_CASE("a frame larger than the buffer is not kept at all", "[net][stateful]") {
  replay_buffer buffer{100};
  buffer.keep(frame_of(1'000), 1);
  CHECK(buffer.bytes() == 0);
  CHECK_FALSE(buffer.is_whole());
  buffer.acknowledge(1);
  CHECK(buffer.is_whole());
}

TEST_CASE("without a reconnect every record is handled and counted", "[net][stateful]") {
  replay_buffer buffer{100};
  CHECK(taken(buffer, call, 3) == std::vector{true, true, true});
  CHECK(taken(buffer, message_type::ping, 1) == std::vector{true});
  CHECK(taken(buffer, message_type::close, 1) == std::vector{true});
  CHECK(*buffer.admit(hub_message{}));
  CHECK(buffer.last_received() == 3);
}

TEST_CASE("acks are taken in and not handled", "[net][stateful]") {
  replay_buffer buffer{100};
  buffer.keep(frame_of(10), 1);
  CHECK_FALSE(*buffer.admit(message_of(message_type::ack, 1)));
  CHECK(buffer.kept().empty());
}

TEST_CASE("after a reconnect nothing counts before the Sequence, pings neither",
          "[net][stateful]") {
  replay_buffer buffer{100};
  taken(buffer, call, 3);
  buffer.keep(frame_of(10), 1);
  buffer.expect_sequence();
  CHECK(taken(buffer, call, 2) == std::vector{false, false});
  CHECK(taken(buffer, message_type::ping, 1) == std::vector{false});
  CHECK_FALSE(*buffer.admit(message_of(message_type::ack, 1)));
  CHECK(buffer.kept().size() == 1);
  CHECK(buffer.last_received() == 3);
  CHECK(buffer.waits_for_sequence());
}

TEST_CASE("what comes again after a Sequence is dropped, what is new is handled",
          "[net][stateful]") {
  replay_buffer buffer{100};
  taken(buffer, call, 3);
  buffer.expect_sequence();
  CHECK_FALSE(*buffer.admit(message_of(message_type::sequence, 2)));
  CHECK_FALSE(buffer.waits_for_sequence());
  CHECK(taken(buffer, call, 3) == std::vector{false, false, true});
  CHECK(buffer.last_received() == 4);
}

TEST_CASE("a Sequence may say the very next number, but no later one", "[net][stateful]") {
  replay_buffer buffer{100};
  taken(buffer, call, 3);
  buffer.expect_sequence();
  CHECK(buffer.admit(message_of(message_type::sequence, 4)));
  CHECK(taken(buffer, call, 1) == std::vector{true});
  buffer.expect_sequence();
  CHECK_FALSE(buffer.admit(message_of(message_type::sequence, 6)));
  CHECK_FALSE(buffer.admit(message_of(message_type::sequence, 0)));
}

TEST_CASE("a second reconnect before all came again drops no less", "[net][stateful]") {
  replay_buffer buffer{100};
  taken(buffer, call, 4);
  buffer.expect_sequence();
  CHECK(buffer.admit(message_of(message_type::sequence, 2)));
  taken(buffer, call, 1);
  buffer.expect_sequence();
  CHECK(buffer.admit(message_of(message_type::sequence, 2)));
  CHECK(taken(buffer, call, 4) == std::vector{false, false, false, true});
}
