#include "bench/wire/message_scanner.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace parley::bench;
using namespace std::string_literals;

namespace {

auto text(std::string_view value) -> std::string {
  return std::string(1, static_cast<char>(0xa0 | value.size())) + std::string(value);
}

auto scanned(const std::string& bytes) -> hub_record {
  hub_record out;
  REQUIRE(scan_message(bytes, out));
  return out;
}

}  // namespace

TEST_CASE("message scanner reads a delivery", "[bench][scanner]") {
  const auto bytes = "\x96\x01\x80\xc0"s + text("MessageReceived") + "\x91\x85" +
                     text("messageId") + text("m") + text("conversationId") + text("c") +
                     text("content") + "\xd9\x05hello" + text("replyTo") + "\xc0" + text("seq") +
                     "\xcd\x01\x2c" + "\x90";
  const auto record = scanned(bytes);
  CHECK(record.type == 1);
  CHECK(record.target == "MessageReceived");
  CHECK(record.conversation_id == "c");
  CHECK(record.content == "hello");
  CHECK(record.seq == 300);
}

TEST_CASE("message scanner reads completions", "[bench][scanner]") {
  const auto bytes = "\x95\x03\x80"s + text("7") + "\x03\x81" + text("seq") + "\x05";
  const auto value = scanned(bytes);
  CHECK(value.invocation_id == "7");
  CHECK(value.seq == 5);
  const auto refused = "\x95\x03\x80"s + text("7") + "\x01" + text("busy");
  CHECK(scanned(refused).error == "busy");
  const auto nothing = "\x94\x03\x80"s + text("7") + "\x02";
  CHECK(scanned(nothing).error.empty());
}

TEST_CASE("message scanner skips every kind of value", "[bench][scanner]") {
  const auto values = "\xc2\xca\0\0\0\0\xcb\0\0\0\0\0\0\0\0\xc4\x01\0\xd6\xff\0\0\0\0\xc7\x0c\xff"s +
                      std::string(12, '\0') + "\xd1\xff\xff\x92\x01\xe0";
  const auto bytes = "\x96\x01\x80\xc0"s + text("X") + "\x99" + "\xc0" + values + "\x90";
  CHECK(scanned(bytes).target == "X");
}

TEST_CASE("message scanner refuses what is cut off", "[bench][scanner]") {
  const auto whole = "\x95\x03\x80"s + text("7") + "\x03\x81" + text("seq") + "\xcd\x01\x2c";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    hub_record out;
    CHECK_FALSE((scan_message(whole.substr(0, size), out) && out.seq == 300));
  }
}

TEST_CASE("messages are cut by their lengths", "[bench][scanner]") {
  std::string payload;
  append_message_length(payload, 2);
  payload += "ab";
  append_message_length(payload, 300);
  payload += std::string(300, 'c');
  std::string_view rest(payload);
  std::string_view message;
  REQUIRE(next_message(rest, message));
  CHECK(message == "ab");
  auto cut_off = rest.substr(0, rest.size() - 1);
  CHECK_FALSE(next_message(cut_off, message));
  REQUIRE(next_message(rest, message));
  CHECK(message.size() == 300);
  CHECK_FALSE(next_message(rest, message));
}
