#include "net/transports/post_queue.hpp"

#include <catch2/catch.hpp>

#include "tests/support/http_exchange.hpp"
#include "tests/support/hub_client.hpp"

using namespace parley;
using parley::test::http_exchange;

namespace {

/// A queue in front of a hub connection, and the exchanges that posted to it.
struct queue_world {
  queue_world() { client.shake_hands(); }

  auto post(std::string body) {
    exchanges.push_back(http_exchange::make());
    queue.take(std::move(body), exchanges.back()->back(thread));
    return exchanges.back();
  }
  auto status_of(const std::shared_ptr<http_exchange>& exchange) -> unsigned {
    thread.io().poll();
    return exchange->status;
  }

  test::hub_client client;
  net::io_thread thread{client.host.settings};
  net::post_queue queue{*client.connection};
  std::vector<std::shared_ptr<http_exchange>> exchanges;
};

const std::string ask = "{\"type\":1,\"target\":\"GetPresence\",\"arguments\":[[]]}\x1e";

}  // namespace

TEST_CASE("a post is handed to the hub and answered", "[net][post_queue]") {
  queue_world w;
  const auto one = w.post(ask.substr(0, 10));
  const auto two = w.post(ask.substr(10));
  CHECK(w.status_of(one) == 200);
  CHECK(w.status_of(two) == 200);
  CHECK(w.client.host.asked_for.size() == 1);
}

TEST_CASE("while the hub takes nothing posts wait in order, unanswered", "[net][post_queue]") {
  queue_world w;
  w.queue.pause();
  const auto one = w.post(ask.substr(0, 10));
  const auto two = w.post(ask.substr(10));
  CHECK(w.status_of(two) == 0);
  CHECK(w.client.host.asked_for.empty());
  w.queue.resume();
  CHECK(w.status_of(one) == 200);
  CHECK(w.status_of(two) == 200);
  CHECK(w.client.host.asked_for.size() == 1);
}

TEST_CASE("64 KiB of posts wait, more is refused", "[net][post_queue]") {
  queue_world w;
  w.queue.pause();
  const auto large = w.post(std::string(60 * 1024, ' '));
  const auto small = w.post(std::string(4 * 1024, ' '));
  const auto over = w.post(" ");
  CHECK(w.status_of(over) == 429);
  CHECK(w.status_of(large) == 0);
  CHECK(w.status_of(small) == 0);
}

TEST_CASE("one post may be larger than the queue", "[net][post_queue]") {
  queue_world w;
  w.queue.pause();
  const auto large = w.post(std::string(200 * 1024, ' '));
  CHECK(w.status_of(large) == 0);
}

TEST_CASE("a post full of records is taken piece by piece until the hub is full",
          "[net][post_queue]") {
  queue_world w;
  std::string body;
  for (int i = 0; i < 1'500; ++i) body += ask;
  w.client.transport.on_pause = [&] { w.queue.pause(); };
  const auto exchange = w.post(body);
  CHECK(w.status_of(exchange) == 0);
  CHECK(w.client.host.asked_for.size() == 1);
  w.client.transport.on_resume = [&] { w.queue.resume(); };
  for (std::size_t i = 0; i < w.client.host.asked_for.size(); ++i) w.client.answer(i);
  CHECK(w.client.host.asked_for.size() == 1'500);
  CHECK(w.status_of(exchange) == 200);
}

TEST_CASE("a post that ends the connection was taken", "[net][post_queue]") {
  queue_world w;
  w.client.transport.on_end = [&] { w.queue.close(); };
  const auto last = w.post("{\"type\":7}\x1e");
  CHECK(w.status_of(last) == 200);
  CHECK(w.status_of(w.post(ask)) == 404);
}

TEST_CASE("a closed queue answers what waits and what comes with 404", "[net][post_queue]") {
  queue_world w;
  w.queue.pause();
  const auto waiting = w.post(ask);
  w.queue.close();
  const auto late = w.post(ask);
  CHECK(w.status_of(waiting) == 404);
  CHECK(w.status_of(late) == 404);
  w.queue.resume();
  CHECK(w.client.host.asked_for.empty());
}
