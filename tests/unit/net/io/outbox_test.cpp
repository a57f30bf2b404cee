#include "net/io/outbox.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace parley::net;
using result = outbox::push_result;

namespace {

/// A frame of `size` bytes in all.
auto bytes(std::size_t size, char fill = 'x') -> frame_ptr {
  return frame::raw(std::string(size, fill));
}

auto ephemeral(std::size_t size) -> frame_ptr {
  return frame_ptr{new frame{std::string(size - 2, 'e'), wire_format::text, true}};
}

/// What a socket that takes everything would get.
auto waiting(const outbox& box) -> std::string {
  std::string all;
  for (std::size_t i = 0; i < box.frame_count(); ++i) {
    auto part = box.at(i).websocket_bytes();
    if (i == 0) part.remove_prefix(box.written());
    all += part;
  }
  return all;
}

}  // namespace

TEST_CASE("an outbox is bounded in bytes", "[net][outbox]") {
  outbox box{100, 1'000};
  CHECK(box.push(bytes(60)) == result::queued);
  CHECK(box.push(bytes(40)) == result::queued);
  CHECK(box.push(bytes(1)) == result::too_slow);
  CHECK(box.bytes() == 100);
  box.consume(10);
  CHECK(box.push(bytes(10)) == result::queued);
  CHECK(box.push(bytes(1)) == result::too_slow);
}

TEST_CASE("an outbox is bounded in frames", "[net][outbox]") {
  outbox box{1'000, 3};
  for (int i = 0; i < 3; ++i) CHECK(box.push(bytes(1)) == result::queued);
  CHECK(box.push(bytes(1)) == result::too_slow);
  box.consume(1);
  CHECK(box.push(bytes(1)) == result::queued);
}

TEST_CASE("at the bound ephemeral frames go first, new ones at once", "[net][outbox]") {
  outbox box{100, 1'000};
  CHECK(box.push(bytes(30, 'a')) == result::queued);
  CHECK(box.push(ephemeral(30)) == result::queued);
  CHECK(box.push(bytes(30, 'b')) == result::queued);
  CHECK(box.push(ephemeral(30)) == result::queued);
  CHECK(box.bytes() == 90);
  CHECK(box.push(bytes(40, 'c')) == result::queued);
  CHECK(waiting(box) == std::string(30, 'a') + std::string(30, 'b') + std::string(40, 'c'));
  CHECK(box.bytes() == 100);
}

TEST_CASE("an ephemeral frame that is partly written stays", "[net][outbox]") {
  outbox box{100, 1'000};
  const auto first = ephemeral(50);
  CHECK(box.push(first) == result::queued);
  CHECK(box.push(ephemeral(50)) == result::queued);
  box.consume(20);
  CHECK(box.push(bytes(60, 'a')) == result::queued);
  CHECK(waiting(box) == std::string{first->websocket_bytes().substr(20)} + std::string(60, 'a'));
  CHECK(box.bytes() == 90);
}

TEST_CASE("answers are queued whatever waits, and congest", "[net][outbox]") {
  outbox box{100, 1};
  box.push_answer(bytes(50));
  CHECK_FALSE(box.is_congested());
  box.push_answer(bytes(500));
  CHECK(box.is_congested());
  CHECK(box.bytes() == 550);
  CHECK(box.push(bytes(1)) == result::too_slow);
  box.consume(500);
  CHECK_FALSE(box.is_congested());
}

TEST_CASE("partial writes lose and repeat nothing", "[net][outbox]") {
  std::mt19937 random{7};
  outbox box{1'000'000, 10'000};
  std::string pushed;
  std::string written;
  for (int round = 0; round < 500; ++round) {
    for (auto i = random() % 4; i > 0; --i) {
      const auto one = bytes(1 + random() % 50, static_cast<char>('a' + random() % 26));
      pushed += one->websocket_bytes();
      CHECK(box.push(one) == result::queued);
    }
    const auto all = waiting(box);
    REQUIRE(all.size() == box.bytes());
    const auto count = all.empty() ? 0 : random() % (all.size() + 1);
    written += all.substr(0, count);
    box.consume(count);
  }
  written += waiting(box);
  CHECK(written == pushed);
  box.consume(box.bytes());
  CHECK(box.is_empty());
  CHECK(box.bytes() == 0);
  CHECK(box.frame_count() == 0);
}

TEST_CASE("a partly written frame survives clear_unwritten, others do not", "[net][outbox]") {
  outbox box{1'000, 1'000};
  for (const char fill : {'a', 'b', 'c'}) CHECK(box.push(bytes(10, fill)) == result::queued);
  box.consume(13);
  box.clear_unwritten();
  CHECK(waiting(box) == std::string(7, 'b'));
  CHECK(box.bytes() == 7);
  CHECK(box.push(bytes(3, 'd')) == result::queued);
  CHECK(waiting(box) == "bbbbbbbddd");
  box.consume(7);
  box.clear_unwritten();
  CHECK(box.is_empty());
  CHECK(box.bytes() == 0);
}
