#include "net/chat_hub/stream_history.hpp"

#include <catch2/catch.hpp>

#include "tests/support/hub_client.hpp"

using namespace parley;
using namespace parley::test;
using json = net::codec::json;

namespace {

const std::string room = "00000000-0000-7000-8000-0000000000aa";

void stream(hub_client& c, const std::string& more) {
  c.record(R"({"type":4,"target":"StreamHistory","invocationId":"s","arguments":[{"conversationId":")" +
           room + "\"" + more + "}]}");
}

/// Messages first..last, ascending.
auto page(std::uint64_t first, std::uint64_t last, bool has_more, std::size_t size = 1)
    -> chat::outcome {
  chat::stretch made{{}, has_more};
  for (auto seq = first; seq <= last; ++seq) {
    chat::message_view seen;
    seen.message.seq = seq;
    seen.message.content = std::string(size, 'x');
    made.messages.push_back(seen);
  }
  return chat::outcome{chat::result{std::move(made)}};
}

auto asked(hub_client& c, std::size_t i) -> const chat::read_stretch& {
  return std::get<chat::read_stretch>(c.host.asked_for.at(i).what);
}

struct heard {
  std::vector<std::uint64_t> seqs;
  std::vector<std::string> ends;  ///< completions, as they are
};

auto take(hub_client& c) -> heard {
  heard got;
  for (const auto& text : c.transport.take()) {
    const auto record = json::parse(text);
    if (record["type"] == 2)
      got.seqs.push_back(record["item"]["seq"].get<std::uint64_t>());
    else
      got.ends.push_back(text);
  }
  return got;
}

const std::string done = R"({"type":3,"invocationId":"s"})";

}  // namespace

TEST_CASE("a history streams page by page, the next when the last was taken",
          "[net][hub][stream_history]") {
  hub_client c;
  c.shake_hands();
  stream(c, "");
  REQUIRE(c.host.asked_for.size() == 1);
  CHECK(asked(c, 0).after_given);
  CHECK(asked(c, 0).after == 0);
  CHECK(asked(c, 0).limit == 50);
  c.transport.unsent = true;
  c.answer(0, page(3, 5, true));
  CHECK(take(c).seqs == std::vector<std::uint64_t>{3, 4, 5});
  CHECK(c.host.asked_for.size() == 1);
  c.transport.unsent = false;
  c.connection->on_drained();
  REQUIRE(c.host.asked_for.size() == 2);
  CHECK(asked(c, 1).after == 5);
  c.answer(1, page(6, 6, false));
  const auto last = take(c);
  CHECK(last.seqs == std::vector<std::uint64_t>{6});
  CHECK(last.ends == std::vector{done});
}

TEST_CASE("a history streams downwards from before, as far as limit",
          "[net][hub][stream_history]") {
  hub_client c;
  c.shake_hands();
  stream(c, R"(,"before":100,"limit":60)");
  CHECK(asked(c, 0).before == 100);
  CHECK_FALSE(asked(c, 0).after_given);
  c.answer(0, page(50, 99, true));
  REQUIRE(c.host.asked_for.size() == 2);
  CHECK(asked(c, 1).before == 50);
  CHECK(asked(c, 1).limit == 10);
  c.answer(1, page(40, 49, true));
  const auto got = take(c);
  REQUIRE(got.seqs.size() == 60);
  CHECK(got.seqs.front() == 99);
  CHECK(got.seqs.back() == 40);
  CHECK(got.ends == std::vector{done});
}

TEST_CASE("a page of long messages goes out in batches", "[net][hub][stream_history]") {
  hub_client c;
  c.shake_hands();
  stream(c, "");
  c.transport.unsent = true;
  c.answer(0, page(1, 50, false, 5'000));
  CHECK(take(c).seqs.size() == 7);
  c.connection->on_tick(c.host.time.steady_now());
  CHECK(take(c).seqs.empty());
  c.transport.unsent = false;
  c.connection->on_drained();
  const auto rest = take(c);
  CHECK(rest.seqs.size() == 43);
  CHECK(rest.ends == std::vector{done});
}

TEST_CASE("a history that may not be read is refused, and one that ends in between fails",
          "[net][hub][stream_history]") {
  hub_client c;
  c.shake_hands();
  stream(c, "");
  c.refuse(0, chat::errc::not_found, "no such conversation");
  CHECK(take(c).ends.at(0).find("invoking 'StreamHistory' on the server. HubException: not_found") !=
        std::string::npos);
  stream(c, "");
  c.answer(1, page(1, 2, true));
  c.refuse(2, chat::errc::not_found, "no such conversation");
  CHECK(take(c).ends.at(0).find("while streaming results. HubException: not_found") !=
        std::string::npos);
}

TEST_CASE("a history over the rate waits for the next tick", "[net][hub][stream_history]") {
  hub_client c;
  c.shake_hands();
  stream(c, "");
  c.refuse(0, chat::errc::rate_limited, "too many calls on this connection");
  CHECK(take(c).ends.empty());
  CHECK(c.host.asked_for.size() == 1);
  c.wait(std::chrono::milliseconds{250});
  REQUIRE(c.host.asked_for.size() == 2);
  c.wait(std::chrono::milliseconds{250});
  CHECK(c.host.asked_for.size() == 2);
  c.answer(1, page(1, 1, false));
  CHECK(take(c).ends == std::vector{done});
}

TEST_CASE("a cancelled history reads no further", "[net][hub][stream_history]") {
  hub_client c;
  c.shake_hands();
  stream(c, "");
  c.transport.unsent = true;
  c.answer(0, page(1, 3, true));
  c.record(R"({"type":5,"invocationId":"s"})");
  c.transport.unsent = false;
  c.connection->on_drained();
  CHECK(c.host.asked_for.size() == 1);
  CHECK(take(c).ends == std::vector{done});
  stream(c, "");
  c.record(R"({"type":5,"invocationId":"s"})");
  take(c);
  c.answer(1, page(1, 3, true));
  CHECK(c.transport.take().empty());
}
