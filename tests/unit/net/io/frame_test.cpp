#include "net/io/frame.hpp"

#include <malloc.h>

#include <catch2/catch.hpp>
#include <utility>

using namespace parley::net;
using namespace std::string_literals;

namespace {

auto header_of(std::size_t size, wire_format format = wire_format::text) -> std::string {
  const frame made{std::string(size, 'x'), format};
  REQUIRE(made.record() == std::string(size, 'x'));
  REQUIRE(made.size() == made.websocket_bytes().size());
  return std::string{made.websocket_bytes().substr(0, made.size() - size)};
}

}  // namespace

TEST_CASE("a frame carries its WebSocket header in the shortest form", "[net][frame]") {
  CHECK(header_of(0) == "\x81\x00"s);
  CHECK(header_of(125) == "\x81\x7d"s);
  CHECK(header_of(126) == "\x81\x7e\x00\x7e"s);
  CHECK(header_of(65'535) == "\x81\x7e\xff\xff"s);
  CHECK(header_of(65'536) == "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s);
  CHECK(header_of(1, wire_format::binary) == "\x82\x01"s);
}

TEST_CASE("a raw frame has no header", "[net][frame]") {
  const auto made = frame::raw("\x8a\x00"s);
  CHECK(made->websocket_bytes() == "\x8a\x00"s);
  CHECK(made->record() == "\x8a\x00"s);
  CHECK_FALSE(made->is_ephemeral());
}

TEST_CASE("a frame knows whether it may be dropped", "[net][frame]") {
  CHECK_FALSE(frame("x", wire_format::text).is_ephemeral());
  CHECK(frame("x", wire_format::text, true).is_ephemeral());
}

TEST_CASE("a frame keeps little more than its bytes, whatever room its record came with",
          "[net][frame]") {
  for (const std::size_t size : {std::size_t{20}, std::size_t{150}, std::size_t{700}}) {
    std::string record(size, 'x');
    record.reserve(16'384);
    const frame made{std::move(record), wire_format::text};
    CHECK(made.record() == std::string(size, 'x'));
    const auto* memory = made.websocket_bytes().data();
    CHECK(malloc_usable_size(const_cast<char*>(memory)) < 2 * made.size() + 32);
  }
}
