#include "net/io/websocket_reader.hpp"

#include <catch2/catch.hpp>
#include <utility>
#include <vector>

using namespace parley;
using net::close_frame;
using net::code_of;
using net::control_frame;
using net::utf8_judge;
using net::websocket_close;
using net::websocket_opcode;
using net::websocket_reader;
using kind = websocket_reader::part::kind;

namespace {

/// A client's frame. @param first FIN, reserved bits and opcode
auto masked(std::uint8_t first, std::string_view payload) -> std::string {
  constexpr std::string_view mask = "\x11\xa2\x33\xc4";
  std::string bytes(1, static_cast<char>(first));
  const auto put_length = [&bytes, size = payload.size()](std::uint8_t code, int count) {
    bytes.push_back(static_cast<char>(0x80 | code));
    for (int i = count - 1; i >= 0; --i) bytes.push_back(static_cast<char>(size >> (8 * i)));
  };
  if (payload.size() < 126)
    put_length(static_cast<std::uint8_t>(payload.size()), 0);
  else
    payload.size() < 65'536 ? put_length(126, 2) : put_length(127, 8);
  bytes += mask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    bytes.push_back(static_cast<char>(payload[i] ^ mask[i % 4]));
  return bytes;
}

/// What a reader makes of a connection's bytes.
struct heard {
  std::string data;
  std::vector<std::pair<kind, std::string>> control;  ///< pings and pongs
  std::vector<std::uint64_t> frames;                  ///< sizes, one for each piece of data
  kind end = kind::none;
  std::uint16_t code = 0;
};

/// @param at_once bytes that arrive together
auto hear(std::string bytes, std::size_t at_once = 100'000) -> heard {
  websocket_reader reader;
  heard all;
  std::span<char> rest{bytes};
  while (!rest.empty()) {
    auto input = rest.first(std::min(at_once, rest.size()));
    rest = rest.subspan(input.size());
    for (auto part = reader.next(input); part.what != kind::none; part = reader.next(input)) {
      if (part.what == kind::close || part.what == kind::violation)
        return all.end = part.what, all.code = part.code, all;
      if (part.what != kind::data) {
        all.control.emplace_back(part.what, part.payload);
        continue;
      }
      all.data += part.payload;
      all.frames.push_back(part.frame_size);
    }
  }
  return all;
}

void check_violation(const std::string& bytes, websocket_close answer) {
  for (const std::size_t at_once : {1, 3, 100'000}) {
    const auto all = hear(bytes, at_once);
    CHECK(all.end == kind::violation);
    CHECK(all.code == code_of(answer));
  }
}

constexpr std::uint8_t text = 0x81;
constexpr std::uint8_t binary = 0x82;
constexpr std::uint8_t text_begins = 0x01;
constexpr std::uint8_t goes_on = 0x00;
constexpr std::uint8_t ends = 0x80;
constexpr std::uint8_t closes = 0x88;
constexpr std::uint8_t ping = 0x89;
constexpr std::uint8_t pong = 0x8a;

}  // namespace

TEST_CASE("payload of any size comes out unmasked, however it is cut", "[net][websocket]") {
  for (const std::size_t size : {0, 1, 7, 8, 125, 126, 1'000, 65'535, 65'536, 70'001}) {
    std::string payload;
    for (std::size_t i = 0; i < size; ++i) payload.push_back(static_cast<char>(i * 7));
    for (const std::size_t at_once : {1, 5, 4'096, 100'000}) {
      const auto all = hear(masked(binary, payload) + masked(binary, "next"), at_once);
      REQUIRE(all.data == payload + "next");
      REQUIRE(all.end == kind::none);
    }
  }
}

TEST_CASE("a message comes in fragments, with control frames in between", "[net][websocket]") {
  const auto bytes = masked(text_begins, "one ") + masked(ping, "still there?") +
                     masked(goes_on, "") + masked(pong, std::string(125, 'p')) +
                     masked(ends, "two") + masked(text, " three");
  for (const std::size_t at_once : {1, 2, 9, 100'000}) {
    const auto all = hear(bytes, at_once);
    CHECK(all.data == "one two three");
    REQUIRE(all.control.size() == 2);
    CHECK(all.control[0] == std::pair{kind::ping, std::string{"still there?"}});
    CHECK(all.control[1] == std::pair{kind::pong, std::string(125, 'p')});
    CHECK(all.end == kind::none);
  }
}

TEST_CASE("a piece of data says how large its frame is", "[net][websocket]") {
  CHECK(hear(masked(text, "") + masked(text, "a")).frames == std::vector<std::uint64_t>{0, 1});
  CHECK(hear(masked(text, "abc"), 8).frames == std::vector<std::uint64_t>{3, 3});
}

TEST_CASE("a close frame gives its code, or none", "[net][websocket]") {
  CHECK(hear(masked(closes, "")).end == kind::close);
  CHECK(hear(masked(closes, "")).code == 0);
  CHECK(hear(masked(closes, "\x03\xe9 going")).code == 1'001);
  CHECK(hear(masked(closes, "\x0f\xa0")).code == 4'000);
  CHECK(hear(masked(closes, std::string{"\x03\xe8"}), 1).code == 1'000);
}

TEST_CASE("what RFC 6455 forbids a client is a violation", "[net][websocket]") {
  const auto wrong = websocket_close::protocol_error;
  SECTION("no mask") { check_violation(std::string("\x81\x01x"), wrong); }
  SECTION("reserved bits") {
    for (const int bit : {0x40, 0x20, 0x10})
      check_violation(masked(static_cast<std::uint8_t>(text | bit), ""), wrong);
  }
  SECTION("reserved opcodes") {
    for (const int opcode : {0x83, 0x87, 0x8b, 0x8f})
      check_violation(masked(static_cast<std::uint8_t>(opcode), ""), wrong);
  }
  SECTION("control frames that are long or fragments") {
    check_violation(masked(ping, std::string(126, 'x')), wrong);
    check_violation(masked(0x09, ""), wrong);
  }
  SECTION("a continuation of nothing") {
    check_violation(masked(ends, ""), wrong);
    check_violation(masked(text, "whole") + masked(ends, ""), wrong);
  }
  SECTION("a message inside a message") {
    check_violation(masked(text_begins, "") + masked(text, ""), wrong);
  }
  SECTION("lengths not spelled shortest, or beyond 63 bits") {
    check_violation(std::string("\x82\xfe\x00\x7d....", 8), wrong);
    check_violation(std::string("\x82\xff\x00\x00\x00\x00\x00\x00\xff\xff....", 14), wrong);
    check_violation(std::string("\x82\xff\x80\x00\x00\x00\x00\x00\x00\x00....", 14), wrong);
  }
  SECTION("close frames of one byte, with a code nobody may send, or a broken reason") {
    check_violation(masked(closes, "\x03"), wrong);
    for (const int code : {0, 999, 1'004, 1'005, 1'006, 1'014, 1'015, 2'999, 5'000})
      check_violation(masked(closes, close_frame(static_cast<std::uint16_t>(code)).substr(2)),
                      wrong);
    check_violation(masked(closes, "\x03\xe8\xff"), wrong);
    check_violation(masked(closes, "\x03\xe8\xc3"), wrong);
  }
}

TEST_CASE("a text must be UTF-8, over its fragments", "[net][websocket]") {
  const auto wrong = websocket_close::bad_payload;
  CHECK(hear(masked(text_begins, "\xe4\xb8") + masked(ends, "\x96")).data == "\xe4\xb8\x96");
  check_violation(masked(text, "\xe4\xb8"), wrong);
  check_violation(masked(text, "eight bytes\xff"), wrong);
  check_violation(masked(text_begins, "\xe4") + masked(ends, "x"), wrong);
  CHECK(hear(masked(binary, "\xff\xfe")).data == "\xff\xfe");
}

TEST_CASE("UTF-8 is what RFC 3629 says", "[net][websocket]") {
  const auto is_utf8 = [](std::string_view all) {
    utf8_judge judge;
    return judge.take(all) && judge.is_whole();
  };
  for (const auto* good : {"", "plain ascii text", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                           "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "12345678\xc3\xa4"})
    CHECK(is_utf8(good));
  for (const auto* bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x7f", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "12345678\xc3", "\xe2\x82\x28"})
    CHECK_FALSE(is_utf8(bad));
}

TEST_CASE("the answer to an upgrade proves that the key was read", "[net][websocket]") {
  // RFC 6455, section 1.3
  const auto answer = net::switching_protocols("dGhlIHNhbXBsZSBub25jZQ==");
  CHECK(answer.starts_with("HTTP/1.1 101 "));
  CHECK(answer.find("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n") !=
        std::string::npos);
}

TEST_CASE("control frames of a server are not masked", "[net][websocket]") {
  CHECK(control_frame(websocket_opcode::pong, "abc") == "\x8a\x03" "abc");
  CHECK(close_frame(1'002) == std::string("\x88\x02\x03\xea"));
}
