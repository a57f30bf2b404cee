#include "net/origin.hpp"

#include <catch2/catch.hpp>

using namespace parley::net;

namespace {

auto request_from(const char* origin, const char* host = "chat.example.com") -> http_request {
  http_request request{http::verb::get, "/", 11};
  if (*origin != 0) request.set(http::field::origin, origin);
  if (*host != 0) request.set(http::field::host, host);
  return request;
}

const std::vector<std::string> listed{"https://app.example.com", "http://localhost:4200"};

}  // namespace

TEST_CASE("a client without an Origin is neither allowed nor foreign", "[net][origin]") {
  const auto verdict = check_origin(request_from(""), listed);
  CHECK(verdict.allowed.empty());
  CHECK_FALSE(verdict.is_foreign);
}

TEST_CASE("a listed origin is allowed by its exact text", "[net][origin]") {
  CHECK(check_origin(request_from("https://app.example.com"), listed).allowed ==
        "https://app.example.com");
  for (const auto* other : {"http://app.example.com", "https://app.example.com:444",
                            "https://app.example.com.evil.com", "https://evil.com", "null",
                            "https://app.example.com/"}) {
    const auto verdict = check_origin(request_from(other), listed);
    INFO(other);
    CHECK(verdict.allowed.empty());
    CHECK(verdict.is_foreign);
  }
}

TEST_CASE("our own pages are not foreign", "[net][origin]") {
  CHECK_FALSE(check_origin(request_from("https://chat.example.com"), listed).is_foreign);
  CHECK_FALSE(
      check_origin(request_from("http://127.0.0.1:8080", "127.0.0.1:8080"), {}).is_foreign);
  CHECK(check_origin(request_from("http://127.0.0.1:8081", "127.0.0.1:8080"), {}).is_foreign);
  CHECK(check_origin(request_from("https://", ""), {}).is_foreign);
  CHECK(check_origin(request_from("null", ""), {}).is_foreign);
}

TEST_CASE("a preflight of a listed origin names what clients send", "[net][origin]") {
  auto response = preflight({"https://app.example.com", false});
  CHECK(response.result() == http::status::no_content);
  const auto allowed = std::string{response[http::field::access_control_allow_headers]};
  for (const auto* name :
       {"authorization", "content-type", "x-requested-with", "x-signalr-user-agent",
        "x-signalr-connection-token"})
    CHECK(allowed.find(name) != std::string::npos);
  CHECK(response.count(http::field::access_control_allow_methods) == 1);
  allow_origin(response, {"https://app.example.com", false});
  CHECK(response[http::field::access_control_allow_origin] == "https://app.example.com");
  CHECK(response[http::field::access_control_allow_credentials] == "true");
  CHECK(response[http::field::vary] == "Origin");
}

TEST_CASE("other origins are told nothing", "[net][origin]") {
  auto response = preflight({"", true});
  allow_origin(response, {"", true});
  CHECK(response.count(http::field::access_control_allow_origin) == 0);
  CHECK(response.count(http::field::access_control_allow_credentials) == 0);
  CHECK(response.count(http::field::access_control_allow_methods) == 0);
  CHECK(response[http::field::vary] == "Origin");
}
