#include "net/http/message.hpp"

#include <catch2/catch.hpp>

using namespace parley;
using namespace parley::net;

TEST_CASE("a refusal is problem+json with the contract's status and code", "[net][http]") {
  using chat::errc;
  const std::pair<errc, unsigned> table[] = {
      {errc::not_found, 404},   {errc::forbidden, 403},    {errc::bad_request, 400},
      {errc::too_long, 400},    {errc::id_conflict, 409},  {errc::conflict, 409},
      {errc::busy, 503},        {errc::rate_limited, 429}, {errc::unavailable, 503},
      {errc::limit, 422},       {errc::unauthenticated, 401}, {errc::unknown, 500}};
  for (const auto& [code, status] : table) {
    const auto response = problem(chat::error{code, "why"});
    CHECK(response.result_int() == status);
    CHECK(response[http::field::content_type] == "application/problem+json");
    const auto body = codec::json::parse(response.body());
    CHECK(body["code"] == to_string(code));
    CHECK(body["status"] == status);
    CHECK(body["detail"] == "why");
    CHECK(body["type"] == "about:blank");
  }
}

TEST_CASE("who should come back is told when", "[net][http]") {
  CHECK(problem(chat::error{chat::errc::rate_limited, ""})[http::field::retry_after] == "1");
  CHECK(problem(chat::error{chat::errc::busy, ""})[http::field::retry_after] == "1");
  CHECK(problem(chat::error{chat::errc::not_found, ""}).count(http::field::retry_after) == 0);
  const auto later = problem(chat::error{chat::errc::busy, "full", 1'001});
  CHECK(later[http::field::retry_after] == "2");
  CHECK(codec::json::parse(later.body())["retryAfterMs"] == 1'001);
}

TEST_CASE("every missing or bad token gets one answer", "[net][http]") {
  const auto response = unauthorized();
  CHECK(response.result_int() == 401);
  CHECK(std::string{response[http::field::www_authenticate]}.starts_with("Bearer"));
}

TEST_CASE("a target is taken apart at the first question mark", "[net][http]") {
  CHECK(split_target("/a/b?c=d?e").path == "/a/b");
  CHECK(split_target("/a/b?c=d?e").query == "c=d?e");
  CHECK(split_target("/a").query.empty());
  CHECK(split_target("/a?").path == "/a");
}
