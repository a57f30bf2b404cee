#include <catch2/catch.hpp>

#include "tests/support/documents.hpp"
#include "tests/support/http_world.hpp"

using namespace parley;
using parley::test::http_world;

// What RFC 9110 and 9112 ask of a server, beside what tests/e2e/abuse-http.test.mjs refuses.

namespace {

const std::string host = "Host: a\r\n";
const std::string next = "GET /healthz HTTP/1.1\r\n" + host + "\r\n";
const std::string hub = "/hubs/chat";
const std::string upgrade =
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// Sends one piece on a connection of its own.
auto statuses_of(http_world& w, const std::string& piece) -> std::vector<unsigned> {
  auto client = w.connect();
  client.send(piece);
  std::vector<unsigned> found;
  for (const auto& one : client.answers()) found.push_back(one.result_int());
  return found;
}

auto status_of(http_world& w, const std::string& piece) -> unsigned {
  const auto all = statuses_of(w, piece);
  return all.size() == 1 ? all[0] : 0;
}

auto is_closed_behind(http_world& w, const std::string& piece) -> bool {
  auto client = w.connect();
  client.send(piece);
  return client.is_closed();
}

using statuses = std::vector<unsigned>;

}  // namespace

TEST_CASE("a body that is held back is asked for", "[net][http]") {
  http_world w;
  const auto ask = [&](const std::string& line) {
    return line + " HTTP/1.1\r\n" + host + w.authorization() +
           "\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  };
  for (const auto& line : {"POST /messaging/catch-up", "PUT /users/me",
                           "POST /hubs/chat/negotiate", "POST /auth/token", "POST /docs"}) {
    INFO(line);
    auto client = w.connect();
    client.send(ask(line));
    CHECK(client.text() == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("{}");
    CHECK(client.answers().size() == 2);
    CHECK_FALSE(client.is_closed());
  }
}

TEST_CASE("nobody sends a body for a refusal that its head brings about", "[net][http]") {
  http_world w;
  const auto expecting = [&](const std::string& line, const std::string& more, std::size_t size) {
    auto client = w.connect();
    client.send(line + " HTTP/1.1\r\n" + host + more + "Expect: 100-continue\r\nContent-Length: " +
                std::to_string(size) + "\r\n\r\n");
    const auto answers = client.answers();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0][net::http::field::connection] == "close");
    CHECK(client.is_closed());
    return answers[0].result_int();
  };
  const auto good = w.authorization() + "\r\n";
  CHECK(expecting("POST /messaging/catch-up", "", 2) == 401);
  CHECK(expecting("POST /nowhere", good, 2) == 404);
  CHECK(expecting("POST /users/me", good, 2) == 405);
  CHECK(expecting("POST /messaging/catch-up", good, 300'000) == 413);
  CHECK(expecting("POST /messaging/catch-up", "", 300'000) == 401);
  CHECK(expecting("POST /hubs/chat/negotiate", "", 2) == 401);
  CHECK(expecting("POST /hubs/chat/negotiate", good + "Origin: http://evil\r\n", 2) == 403);
  CHECK(expecting("POST /hubs/chat?id=nobody", good, 2) == 404);
  CHECK(expecting("PUT /messaging/attachments/x", good, 2) == 404);
}

TEST_CASE("a client of HTTP/1.0 is not asked for its body", "[net][http]") {
  http_world w;
  const auto piece = "POST /messaging/catch-up HTTP/1.0\r\n" + w.authorization() +
                     "\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}";
  CHECK(status_of(w, piece) == 400);
  CHECK(status_of(w, "GET /healthz HTTP/1.0\r\nExpect: the-moon\r\n\r\n") == 200);
}

TEST_CASE("a body that was not asked for is thrown away, and its connection goes on",
          "[net][http]") {
  http_world w;
  auto client = w.connect();
  client.send("POST /messaging/catch-up HTTP/1.1\r\n" + host + "Content-Length: 4000\r\n\r\n");
  CHECK(client.text().empty());
  client.send(std::string(2'000, 'x'));
  client.send(std::string(2'000, 'x') + next);
  REQUIRE(client.answers().size() == 2);
  CHECK(client.answers()[0].result_int() == 401);
  CHECK(client.answers()[1].result_int() == 200);
}

TEST_CASE("who still sends when it is refused gets to read why", "[net][http]") {
  http_world w;
  auto client = w.connect();
  client.send("POST /messaging/catch-up HTTP/1.1\r\n" + host + w.authorization() +
              "\r\nContent-Length: 5000000\r\n\r\n");
  REQUIRE(client.answers().size() == 1);
  CHECK(client.answers()[0].result_int() == 413);
  CHECK(client.is_closed());
  for (int i = 0; i < 50; ++i) client.send(std::string(100'000, 'x'));
  CHECK(w.thread.connection_count() == 1);
  client.hang_up();
  w.turn();
  CHECK(w.thread.connection_count() == 0);
}

TEST_CASE("a client of HTTP/1.0 that keeps its connection is told that it may", "[net][http]") {
  http_world w;
  for (const auto& target : {std::string{"/healthz"}, std::string{"/nowhere"}, w.link(false)}) {
    INFO(target);
    auto client = w.connect();
    client.send("GET " + target + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    REQUIRE(client.answers().size() == 1);
    CHECK(client.answers()[0][net::http::field::connection] == "keep-alive");
    CHECK_FALSE(client.is_closed());
  }
  CHECK(is_closed_behind(w, "GET /healthz HTTP/1.0\r\n\r\n"));
}

TEST_CASE("a target may be a whole URL, whose host is the Host", "[net][http]") {
  http_world w;
  const auto get = [&](const std::string& target, const std::string& more = {}) {
    return status_of(w, "GET " + target + " HTTP/1.1\r\n" + host + more + "\r\n");
  };
  CHECK(get("http://chat.example/healthz") == 200);
  CHECK(get("HTTPS://chat.example:443/healthz?x=1") == 200);
  CHECK(get("http://chat.example") == 404);
  CHECK(get("http://chat.example/users/me", w.authorization() + "\r\n") == 404);  // by the host's answer
  CHECK(get("http://chat.example?x") == 404);
  for (const auto* bad : {"http://", "http:///healthz", "http://a@b/healthz", "ftp://a/healthz",
                          "healthz", "*", "a:80"}) {
    INFO(bad);
    CHECK(get(bad) == 400);
  }
  const auto negotiate = "POST http://chat.example/hubs/chat/negotiate HTTP/1.1\r\n" + host +
                         w.authorization() + "\r\nContent-Length: 0\r\nOrigin: http://chat.example\r\n\r\n";
  CHECK(status_of(w, negotiate) == 200);
}

TEST_CASE("a target is visible ASCII without a fragment", "[net][http]") {
  http_world w;
  for (const auto* bad : {"/healthz#x", "/h\xc3\xa9", "/healthz?\x7f"}) {
    INFO(bad);
    const auto piece = "GET " + std::string{bad} + " HTTP/1.1\r\n" + host + "\r\n";
    CHECK(status_of(w, piece) == 400);
    CHECK(is_closed_behind(w, piece));
  }
}

TEST_CASE("an escape that a path does not need is what it stands for", "[net][http]") {
  http_world w;
  const auto get = [&](const std::string& target) {
    return status_of(w, "GET " + target + " HTTP/1.1\r\n" + host + "\r\n");
  };
  CHECK(get("/healt%68z") == 200);
  CHECK(get("http://a/%68ealthz?%68") == 200);
  CHECK(get("/healthz%2Fx") == 404);
  CHECK(get("/healthz%") == 404);
  CHECK(get("/healthz%zz") == 404);
  CHECK(get("/healthz%00") == 404);
}

TEST_CASE("another version and a target without end are named as such", "[net][http]") {
  http_world w;
  CHECK(status_of(w, "GET /healthz HTTP/2.0\r\n" + host + "\r\n") == 505);
  CHECK(status_of(w, "GET /" + std::string(9'000, 'x') + " HTTP/1.1\r\n" + host + "\r\n") == 414);
  CHECK(status_of(w, "GET / HTTP/1.1\r\nX: " + std::string(9'000, 'x') + "\r\n\r\n") == 431);
}

TEST_CASE("HEAD is served where GET is, without a body", "[net][http]") {
  http_world w;
  for (const auto& [path, verbs] : net::docs::openapi().at("paths").items()) {
    if (!verbs.contains("get") || path.find('{') != std::string::npos) continue;
    const auto ask = [&](const std::string& verb) {
      auto client = w.connect();
      client.send(verb + " " + path + " HTTP/1.1\r\n" + host + w.authorization() + "\r\n\r\n");
      auto answers = client.answers(verb == "HEAD");
      REQUIRE(answers.size() == 1);
      CHECK_FALSE(client.is_closed());
      const auto body_at = client.text().find("\r\n\r\n") + 4;
      CHECK((body_at == client.text().size()) == (verb == "HEAD"));
      return answers[0];
    };
    INFO(path);
    const auto to_get = ask("GET");
    const auto to_head = ask("HEAD");
    CHECK(to_head.result() == to_get.result());
    if (path != "/metrics") CHECK(to_head["Content-Length"] == to_get["Content-Length"]);
    CHECK(to_head["Content-Type"] == to_get["Content-Type"]);
  }
}

TEST_CASE("OPTIONS tells the verbs of a path, and a drain", "[net][http]") {
  http_world w;
  const auto options = [&](const std::string& target, const std::string& more = {}) {
    auto client = w.connect();
    client.send("OPTIONS " + target + " HTTP/1.1\r\n" + host + more + "\r\n");
    REQUIRE(client.answers().size() == 1);
    return client.answers()[0];
  };
  const std::string preflight = "Origin: http://evil\r\nAccess-Control-Request-Method: POST\r\n";
  CHECK(options("/users/me")["Allow"] == "GET, HEAD, PUT");
  CHECK(options("/healthz")["Allow"] == "GET, HEAD");
  CHECK(options("/docs")["Allow"] == "GET, HEAD");
  CHECK(options(hub)["Allow"] == "GET, POST, DELETE");
  CHECK(options(hub + "/negotiate")["Allow"] == "POST");
  CHECK(options(w.link(false))["Allow"] == "GET, HEAD, PUT");
  for (const auto* server : {"/", "*", "http://chat.example"})
    CHECK(options(server).result_int() == 204);
  CHECK(options("/nowhere").result_int() == 404);
  CHECK(options("/nowhere", preflight).result_int() == 404);
  w.draining = true;
  for (const auto* server : {"/", "*", "/healthz"}) CHECK(options(server).result_int() == 503);
  CHECK(options(hub, preflight).result_int() == 204);
}

TEST_CASE("line ends in front of a request are no request", "[net][http]") {
  http_world w;
  auto client = w.connect();
  client.send("\r\n" + next + "\r\n\r\n" + next);
  CHECK(client.answers().size() == 2);
  client.send("\r");
  client.send("\n");
  client.send("\r\n\r" );
  client.send("\n" + next);
  REQUIRE(client.answers().size() == 3);
  for (const auto& one : client.answers()) CHECK(one.result_int() == 200);
  CHECK(status_of(w, "\r\rGET /healthz HTTP/1.1\r\n\r\n") == 400);
  CHECK(status_of(w, "\n" + next) == 400);
}

TEST_CASE("a chunk's quoted extension ends with its line at the latest", "[net][http]") {
  http_world w;
  const auto post = "POST /messaging/catch-up HTTP/1.1\r\n" + host + w.authorization() +
                    "\r\nTransfer-Encoding: chunked\r\n\r\n";
  CHECK(status_of(w, post + "2;a=\"\r\n{}\r\n0\r\n\r\n") == 400);
  CHECK(is_closed_behind(w, post + "2;a=\"\r\n{}"));
  CHECK(status_of(w, post + "2;a=\"b c\";d\r\n{}\r\n0\r\n\r\n") == 400);  // bound, and found wanting
  CHECK_FALSE(is_closed_behind(w, post + "2;a=\"b c\";d\r\n{}\r\n0\r\n\r\n"));
}

TEST_CASE("chunks in HTTP/1.0 and two Authorizations are refused, and the connection ends",
          "[net][http]") {
  http_world w;
  const auto chunks = "POST /messaging/catch-up HTTP/1.0\r\nConnection: keep-alive\r\n" +
                      w.authorization() + "\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
  const auto twice = "GET /users/me HTTP/1.1\r\n" + host + w.authorization() +
                     "\r\nAuthorization: Bearer x\r\n\r\n";
  for (const auto& piece : {chunks, twice}) {
    CHECK(status_of(w, piece) == 400);
    CHECK(is_closed_behind(w, piece));
  }
}

TEST_CASE("a trailer is no header", "[net][http]") {
  http_world w;
  const auto negotiate = [&](const std::string& headers, const std::string& trailers) {
    return status_of(w, "POST /hubs/chat/negotiate HTTP/1.1\r\n" + host + headers +
                            "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + trailers + "\r\n");
  };
  const auto good = w.authorization() + "\r\n";
  CHECK(negotiate(good, "") == 200);
  CHECK(negotiate("", good) == 401);
  CHECK(negotiate(good, "Origin: http://evil\r\n") == 200);
  CHECK(negotiate(good, "Connection: close\r\nHost: b\r\n" + good) == 200);
}

TEST_CASE("every answer has its date", "[net][http]") {
  http_world w;
  const std::vector<std::string> asked{"GET /healthz", "GET /nowhere", "GET " + w.link(false),
                                       "OPTIONS /", "GET bad"};
  for (const auto& line : asked) {
    auto client = w.connect();
    client.send(line + " HTTP/1.1\r\n" + host + "\r\n");
    REQUIRE(client.answers().size() == 1);
    CHECK(client.answers()[0]["Date"] == "Mon, 01 Jan 2024 12:00:00 GMT");
  }
}

TEST_CASE("a WebSocket attempt that lost its Upgrade is no long poll", "[net][http]") {
  http_world w;
  const auto token = w.negotiate();
  const auto head = "GET " + hub + "?id=" + token + " HTTP/1.1\r\n" + host + w.authorization() + "\r\n";
  const std::string rest = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  CHECK(status_of(w, head + rest + "\r\n") == 400);
  CHECK(status_of(w, head + rest + "Upgrade: websocket\r\n\r\n") == 400);
  CHECK(w.host.figures.lost_upgrades.Value() == 2);
  CHECK(w.host.opened.empty());
  CHECK(status_of(w, head + "\r\n") == 200);  // the token is as good as before
}

TEST_CASE("a WebSocket key is sixteen bytes in base64", "[net][http]") {
  http_world w;
  const auto ask = [&](const std::string& key) {
    return status_of(w, "GET " + hub + " HTTP/1.1\r\n" + host + w.authorization() +
                            "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
                            "13\r\nSec-WebSocket-Key: " + key + "\r\n\r\n");
  };
  CHECK(ask("dGhlIHNhbXBsZSBub25jZQ==") == 101);
  for (const auto* bad : {"!!!!!!!!!!!!!!!!!!!!!!==", "dGhlIHNhbXBsZSBub25jZ===",
                          "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQAA",
                          "dGhlIHNhbXBsZSBub25jZQAAAA=="})
    CHECK(ask(bad) == 400);
}

TEST_CASE("frames that come with the upgrade are the WebSocket's", "[net][http]") {
  http_world w;
  const std::string handshake = "{\"protocol\":\"json\",\"version\":1}\x1e";
  std::string frame{"\x81"};
  frame += static_cast<char>(0x80 | handshake.size());
  frame += std::string(4, '\0') + handshake;  // masked with zeros
  auto client = w.connect();
  client.send("GET " + hub + " HTTP/1.1\r\n" + host + w.authorization() + "\r\n" + upgrade + "\r\n" +
              frame);
  CHECK(client.text().starts_with("HTTP/1.1 101"));
  CHECK(client.text().ends_with("{}\x1e"));
}

TEST_CASE("credentials of another scheme are for somebody in between", "[net][http]") {
  http_world w;
  const auto token = w.authorization().substr(std::string{"Authorization: Bearer "}.size());
  const std::string basic = "Authorization: Basic YTpi\r\n";
  const auto open = [&](const std::string& query, const std::string& headers) {
    return status_of(w, "GET " + hub + query + " HTTP/1.1\r\n" + host + headers + upgrade + "\r\n");
  };
  CHECK(open("?access_token=" + token, basic) == 101);
  CHECK(open("?access_token=" + token, "Authorization: Bearer x\r\n") == 401);
  CHECK(open("?access_token=" + token, "Authorization: Bearer\r\n") == 401);
  CHECK(open("", basic) == 401);
  CHECK(status_of(w, "GET /users/me?access_token=" + token + " HTTP/1.1\r\n" + host + basic + "\r\n") ==
        401);
}
