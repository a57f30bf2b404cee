#include <catch2/catch.hpp>

#include "net/endpoint/hub_endpoint.hpp"
#include "tests/support/documents.hpp"
#include "tests/support/http_world.hpp"

using namespace parley;
using parley::test::http_world;

// A connection goes on only behind a message that was read to its end: whatever a body holds, whenever
// it comes and whoever answers, it never becomes a request of its own.

namespace {

/// What a client hopes to have served behind the first request.
const std::string hidden = "GET /healthz?hidden HTTP/1.1\r\nHost: a\r\n\r\n";
/// And what is the next one indeed.
const std::string next = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

const std::array methods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
/// Around the sizes in which a connection reads first: a head that ends with a read leaves its body in
/// the socket.
const std::array head_sizes{511, 512, 513, 1'023, 1'024, 1'025};

enum class body { none, same_piece, next_piece, chunked, chunked_next_piece };
const std::array bodies{body::none, body::same_piece, body::next_piece, body::chunked,
                        body::chunked_next_piece};

auto is_chunked(body kind) -> bool {
  return kind == body::chunked || kind == body::chunked_next_piece;
}

/// The documented paths, with an id for each name in braces.
auto documented_paths() -> std::vector<std::string> {
  std::vector<std::string> paths;
  for (const auto& [path, verbs] : net::docs::openapi().at("paths").items()) {
    std::string made;
    for (std::size_t i = 0; i < path.size(); ++i) {
      made += path[i] == '{' ? "0193a000-0000-7000-8000-000000000000" : path.substr(i, 1);
      if (path[i] == '{') i = path.find('}', i);
    }
    paths.push_back(made);
  }
  return paths;
}

struct sent_request {
  std::string method;
  std::string target;
  std::vector<std::string> headers;
};

/// A head of exactly so many bytes.
auto head_of(const sent_request& what, body kind, std::size_t size) -> std::string {
  auto head = what.method + " " + what.target + " HTTP/1.1\r\nHost: a\r\n";
  for (const auto& header : what.headers) head += header + "\r\n";
  if (is_chunked(kind)) head += "Transfer-Encoding: chunked\r\n";
  if (kind == body::same_piece || kind == body::next_piece)
    head += "Content-Length: " + std::to_string(hidden.size()) + "\r\n";
  const auto without_filler = head.size() + std::string{"X: \r\n\r\n"}.size();
  REQUIRE(without_filler <= size);
  return head + "X: " + std::string(size - without_filler, 'x') + "\r\n\r\n";
}

auto body_of(body kind) -> std::string {
  if (kind == body::none) return {};
  if (!is_chunked(kind)) return hidden;
  std::ostringstream size;
  size << std::hex << hidden.size();
  return size.str() + "\r\n" + hidden + "\r\n0\r\n\r\n";
}

/// Sends it on a connection of its own, with another request behind. Expands to what went wrong.
void check_one_answer(http_world& w, const sent_request& what, body kind, std::size_t head_size) {
  INFO(what.method << " " << what.target << ", head of " << head_size << " bytes, body kind "
                   << static_cast<int>(kind));
  auto client = w.connect();
  const bool is_split = kind == body::next_piece || kind == body::chunked_next_piece;
  const auto head = head_of(what, kind, head_size);
  if (is_split) client.send(head);
  client.send(is_split ? body_of(kind) : head + body_of(kind));
  const bool to_head = what.method == "HEAD";
  const auto first = client.answers(to_head);
  if (first.size() != 1) {
    CHECK(client.text() == "one answer");
    return;
  }
  const auto status = first[0].result_int();
  const bool is_stream = status == 101 || first[0]["Content-Type"] == "text/event-stream";
  CHECK(first[0].count("Date") == (status == 101 ? 0u : 1u));
  if (is_stream) return;
  CHECK(first[0].keep_alive() != client.is_closed());
  if (client.is_closed()) return;
  const auto before = client.text().size();
  client.send(next);
  const auto behind = client.text().substr(before);
  CHECK(behind.starts_with("HTTP/1.1 200 OK"));
  CHECK(behind.find("HTTP/1.1", 1) == std::string::npos);
}

void check_all_shapes(http_world& w, const std::function<sent_request()>& make) {
  for (const auto kind : bodies)
    for (const auto size : head_sizes) check_one_answer(w, make(), kind, size);
}

}  // namespace

TEST_CASE("each documented path answers each method once, whatever body follows its head",
          "[net][http]") {
  http_world w;
  auto paths = documented_paths();
  for (const auto* extra : {"/", "/nowhere", "/docs/nothing", "/messaging/attachments/x"})
    paths.emplace_back(extra);
  const auto good = w.authorization();
  for (const auto& path : paths)
    for (const auto* method : methods) {
      check_all_shapes(w, [&] { return sent_request{method, path, {good}}; });
      check_all_shapes(w, [&] { return sent_request{method, path, {}}; });
    }
}

TEST_CASE("each way into a hub answers once, whatever body follows its head", "[net][http]") {
  http_world w;
  const std::vector<std::string> upgrade{"Connection: Upgrade", "Upgrade: websocket",
                                         "Sec-WebSocket-Version: 13",
                                         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="};
  for (const auto path : net::hub_paths) {
    const std::string hub{path};
    for (const auto* method : methods) {
      check_all_shapes(w, [&] { return sent_request{method, hub, {w.authorization()}}; });
      check_all_shapes(w, [&] {
        return sent_request{method, hub + "?id=" + w.negotiate(), {w.authorization()}};
      });
      check_all_shapes(w, [&] {
        return sent_request{method, hub + "?id=" + w.negotiate(),
                            {w.authorization(), "Accept: text/event-stream"}};
      });
      check_all_shapes(w, [&] {
        auto headers = upgrade;
        headers.push_back(w.authorization());
        return sent_request{method, hub, headers};
      });
    }
  }
}

TEST_CASE("each method on a signed link answers once, whatever body follows its head",
          "[net][http][files]") {
  http_world w;
  for (const auto* method : methods)
    for (const bool is_upload : {false, true})
      check_all_shapes(w, [&] { return sent_request{method, w.link(is_upload), {}}; });
}

TEST_CASE("what comes in one piece with an upload or a download is the next request",
          "[net][http][files]") {
  http_world w;
  const auto put = "PUT " + w.link(true) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n";
  auto sender = w.connect();
  sender.send(put + "0123456789" + next);
  REQUIRE(sender.answers().size() == 2);
  CHECK(sender.answers()[0].result_int() == 200);
  CHECK(sender.answers()[1].body() == "ok\n");
  auto reader = w.connect();
  reader.send("GET " + w.link(false) + " HTTP/1.1\r\nHost: a\r\n\r\n" + next);
  REQUIRE(reader.answers().size() == 2);
  CHECK(reader.answers()[0].body() == "0123456789");
  CHECK(reader.answers()[1].body() == "ok\n");
}
