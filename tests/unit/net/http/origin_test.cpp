#include "net/http/origin.hpp"

#include <catch2/catch.hpp>

using namespace parley::net;

namespace {

auto request_from(const char* origin, const char* host = "chat.example.com") -> http_request {
  http_request request{http::verb::get, "/", 11};
  if (*origin != 0) request.set(http::field::origin, origin);
  if (*host != 0) request.set(http::field::host, host);
  return request;
}

auto judged(const http_request& request, const std::vector<std::string>& listed,
            const std::string& public_origin = {}, bool is_tls = false) -> origin_verdict {
  parley::config::http_options options;
  options.allowed_origins = listed;
  options.public_origin = public_origin;
  return check_origin(request, options, is_tls);
}

auto asking_for(const char* headers) -> http_request {
  http_request request{http::verb::options, "/", 11};
  request.set(http::field::access_control_request_method, "POST");
  if (*headers != 0) request.set(http::field::access_control_request_headers, headers);
  return request;
}

const std::vector<std::string> listed{"https://app.example.com", "http://localhost:4200"};

}  // namespace

TEST_CASE("a client without an Origin is neither allowed nor foreign", "[net][origin]") {
  const auto verdict = judged(request_from(""), listed);
  CHECK(verdict.allowed.empty());
  CHECK_FALSE(verdict.is_foreign);
}

TEST_CASE("case and default ports make no other origin", "[net][origin]") {
  CHECK(judged(request_from("https://APP.example.com:443"), listed).allowed ==
        "https://APP.example.com:443");
  CHECK_FALSE(judged(request_from("http://LOCALHOST", "localhost"), {}).is_foreign);
  CHECK_FALSE(judged(request_from("https://chat.example", "Chat.Example:443"), {}).is_foreign);
  CHECK_FALSE(judged(request_from("http://chat.example", "chat.example:80"), {}).is_foreign);
  CHECK(judged(request_from("http://chat.example", "chat.example:443"), {}).is_foreign);
  CHECK(judged(request_from("https://chat.example:8443", "chat.example"), {}).is_foreign);
}

TEST_CASE("behind a proxy the public origin tells our own pages, not the Host", "[net][origin]") {
  const std::string ours = "https://chat.example.com";
  CHECK_FALSE(judged(request_from(ours.c_str(), "127.0.0.1:8080"), {}, ours).is_foreign);
  CHECK_FALSE(judged(request_from("https://Chat.example.com:443", "x"), {}, ours).is_foreign);
  CHECK(judged(request_from("http://chat.example.com", "chat.example.com"), {}, ours).is_foreign);
  CHECK(judged(request_from("http://127.0.0.1:8080", "127.0.0.1:8080"), {}, ours).is_foreign);
  CHECK(judged(request_from("https://app.example.com", "x"), listed, ours).allowed ==
        "https://app.example.com");
}

TEST_CASE("through TLS a page without it is foreign", "[net][origin]") {
  CHECK(judged(request_from("http://a", "a"), {}, {}, true).is_foreign);
  CHECK_FALSE(judged(request_from("https://a", "a"), {}, {}, true).is_foreign);
}

TEST_CASE("a listed origin is allowed, and no other", "[net][origin]") {
  CHECK(judged(request_from("https://app.example.com"), listed).allowed ==
        "https://app.example.com");
  for (const auto* other : {"http://app.example.com", "https://app.example.com:444",
                            "https://app.example.com.evil.com", "https://evil.com", "null",
                            "https://app.example.com/"}) {
    const auto verdict = judged(request_from(other), listed);
    INFO(other);
    CHECK(verdict.allowed.empty());
    CHECK(verdict.is_foreign);
  }
}

TEST_CASE("our own pages are not foreign", "[net][origin]") {
  CHECK_FALSE(judged(request_from("https://chat.example.com"), listed).is_foreign);
  CHECK_FALSE(
      judged(request_from("http://127.0.0.1:8080", "127.0.0.1:8080"), {}).is_foreign);
  CHECK(judged(request_from("http://127.0.0.1:8081", "127.0.0.1:8080"), {}).is_foreign);
  CHECK(judged(request_from("https://", ""), {}).is_foreign);
  CHECK(judged(request_from("null", ""), {}).is_foreign);
}

TEST_CASE("a listed origin may send the headers that it asks for", "[net][origin]") {
  auto response = preflight({"https://app.example.com", false},
                            asking_for("authorization,x-requested-with, traceparent"));
  CHECK(response.result() == http::status::no_content);
  const auto allowed = std::string{response[http::field::access_control_allow_headers]};
  for (const auto* name : {"authorization", "content-type", "x-requested-with", "x-signalr-user-agent",
                           "x-signalr-connection-token", "traceparent"})
    CHECK(allowed.find(name) != std::string::npos);
  CHECK(response.count(http::field::access_control_allow_methods) == 1);
  allow_origin(response, {"https://app.example.com", false});
  CHECK(response[http::field::access_control_allow_origin] == "https://app.example.com");
  CHECK(response[http::field::access_control_allow_credentials] == "true");
  CHECK(response[http::field::access_control_expose_headers] == "retry-after");
  CHECK(response[http::field::vary] == "Origin");
}

TEST_CASE("a preflight that asks for what is no name of a header is told the usual ones",
          "[net][origin]") {
  for (const auto& names : {std::string{}, std::string{"a\"b"}, std::string(1'025, 'a')}) {
    const auto response =
        preflight({"https://app.example.com", false}, asking_for(names.c_str()));
    CHECK(response[http::field::access_control_allow_headers].ends_with("range"));
  }
}

TEST_CASE("other origins are told nothing", "[net][origin]") {
  auto response = preflight({"", true}, asking_for("authorization"));
  allow_origin(response, {"", true});
  CHECK(response.count(http::field::access_control_allow_origin) == 0);
  CHECK(response.count(http::field::access_control_allow_credentials) == 0);
  CHECK(response.count(http::field::access_control_allow_methods) == 0);
  CHECK(response[http::field::vary] == "Origin");
}
