#include "bench/wire/record_scanner.hpp"

#include <catch2/catch.hpp>

using parley::bench::hub_record;
using parley::bench::next_record;
using parley::bench::scan_record;

namespace {

auto scanned(std::string_view bytes) -> hub_record {
  hub_record out;
  REQUIRE(scan_record(bytes, out));
  return out;
}

}  // namespace

TEST_CASE("scanner reads a delivery", "[bench][scanner]") {
  const auto record = scanned(
      R"({"type":1,"target":"MessageReceived","arguments":[{"messageId":"m","conversationId":"c",)"
      R"("senderId":"s","content":"hello","status":"Sent","replyTo":null,"seq":42}]})");
  CHECK(record.type == 1);
  CHECK(record.target == "MessageReceived");
  CHECK(record.conversation_id == "c");
  CHECK(record.content == "hello");
  CHECK(record.seq == 42);
}

TEST_CASE("scanner takes keys in any order and white space", "[bench][scanner]") {
  const auto record = scanned(
      R"( { "arguments" : [ { "seq" : 7 , "attachments":[{"seq":1,"x":"]}"}], "content" : "a" ,)"
      R"( "conversationId" : "c" } , 5 ] , "target" : "MessageReceived" , "type" : 1 } )");
  CHECK(record.type == 1);
  CHECK(record.target == "MessageReceived");
  CHECK(record.seq == 7);
  CHECK(record.content == "a");
}

TEST_CASE("scanner is not misled by escaped quotes", "[bench][scanner]") {
  const auto record =
      scanned(R"({"type":1,"target":"T","arguments":[{"content":"say \"seq\":9 \\","seq":3}]})");
  CHECK(record.content == R"(say \"seq\":9 \\)");
  CHECK(record.seq == 3);
}

TEST_CASE("scanner reads completions, results and errors", "[bench][scanner]") {
  const auto done = scanned(R"({"type":3,"invocationId":"12","result":{"messageId":"m","seq":5}})");
  CHECK(done.type == 3);
  CHECK(done.invocation_id == "12");
  CHECK(done.seq == 5);
  CHECK(done.error.empty());
  CHECK(scanned(R"({"type":3,"invocationId":"1","result":null})").seq == 0);
  CHECK(scanned(R"({"type":3,"invocationId":"1","error":"busy"})").error == "busy");
}

TEST_CASE("scanner reads the other shapes it is used for", "[bench][scanner]") {
  CHECK(scanned("{}").type == 0);
  CHECK(scanned(R"({"type":6})").type == 6);
  CHECK(scanned(R"({"conversationId":"c"})").conversation_id == "c");
  CHECK(scanned(R"({"type":1,"target":"JoinConversation","arguments":["c"]})").first_argument ==
        "c");
  CHECK(scanned(R"({"type":1,"target":"UserOnline","arguments":[]})").target == "UserOnline");
  CHECK(scanned(R"({"type":1,"target":"NewMessageNotification","arguments":[{"seq":9}]})").seq ==
        0);
}

TEST_CASE("scanner refuses what is no JSON object", "[bench][scanner]") {
  hub_record out;
  for (const auto* bytes : {"", "[]", "{", R"({"type")", R"({"type":1)", R"({"type":1}x)",
                            R"({"arguments":[{"content":"a)", R"({"arguments":[1})"}) {
    CAPTURE(bytes);
    CHECK_FALSE(scan_record(bytes, out));
  }
}

TEST_CASE("next_record cuts a payload at its end bytes", "[bench][scanner]") {
  std::string_view payload = "{\"a\":1}\x1e{}\x1erest";
  std::string_view record;
  REQUIRE(next_record(payload, record));
  CHECK(record == "{\"a\":1}");
  REQUIRE(next_record(payload, record));
  CHECK(record == "{}");
  CHECK_FALSE(next_record(payload, record));
  CHECK(payload == "rest");
}
