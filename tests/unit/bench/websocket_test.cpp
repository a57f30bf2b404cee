#include "bench/wire/websocket.hpp"

#include <catch2/catch.hpp>

using namespace parley::bench;

TEST_CASE("a frame comes back as it was, whatever its length and mask", "[bench][websocket]") {
  for (const std::size_t length : {0, 1, 125, 126, 65535, 65536, 100000}) {
    const std::string payload(length, 'p');
    std::string bytes;
    append_server_frame(bytes, opcode::text, payload);
    append_client_frame(bytes, opcode::pong, payload);
    const auto first = decode_frame(bytes.data(), bytes.size());
    CHECK(first.payload == payload);
    CHECK(first.kind == opcode::text);
    const auto second = decode_frame(bytes.data() + first.size, bytes.size() - first.size);
    CHECK(second.payload == payload);
    CHECK(second.kind == opcode::pong);
    CHECK(first.size + second.size == bytes.size());
  }
}

TEST_CASE("a frame cut anywhere waits for its rest", "[bench][websocket]") {
  std::string bytes;
  append_client_frame(bytes, opcode::text, std::string(200, 'p'));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK(decode_frame(bytes.data(), size).size == 0);
  }
}

TEST_CASE("accept_key answers the example of RFC 6455", "[bench][websocket]") {
  CHECK(accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}
