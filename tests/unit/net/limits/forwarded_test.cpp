#include "net/limits/forwarded.hpp"

#include <catch2/catch.hpp>

using namespace parley;
using namespace parley::net;

namespace {

/// "10.0.0.1 - 2001:db8::1": hops as text, "-" for one that is no address; "malformed".
auto shown(const std::optional<forwarded_hops>& hops) -> std::string {
  if (!hops) return "malformed";
  std::string text;
  for (const auto& hop : *hops)
    text += (text.empty() ? "" : " ") + (hop ? hop->to_string() : std::string{"-"});
  return text;
}

auto forwarded(std::string_view header) {
  return shown(parse_forwarded(header));
}
auto forwarded_for(std::string_view header) {
  return shown(parse_forwarded_for(header));
}

}  // namespace

TEST_CASE("Forwarded names the hop of each element", "[net][forwarded]") {
  CHECK(forwarded("for=192.0.2.43") == "192.0.2.43");
  CHECK(forwarded("For=\"[2001:db8:cafe::17]:4711\"") == "2001:db8:cafe::17");
  CHECK(forwarded("for=192.0.2.60;proto=http;by=203.0.113.43") == "192.0.2.60");
  CHECK(forwarded("proto=http; FOR=192.0.2.60 ; by=x") == "192.0.2.60");
  CHECK(forwarded("for=192.0.2.43, for=\"198.51.100.17:80\"\t,for=\"\\[::1\\]\"") ==
        "192.0.2.43 198.51.100.17 ::1");
  CHECK(forwarded("for=unknown, for=_hidden, by=10.0.0.1, for=10.0.0.1") == "- - - 10.0.0.1");
  CHECK(forwarded("for=\"a, b=c;d\", for=10.0.0.1") == "- 10.0.0.1");
  CHECK(forwarded("for=[::1]:80") == "::1");
}

TEST_CASE("Forwarded in another form is none", "[net][forwarded]") {
  for (const auto* text : {"", "for", "for=", "=1", "for=1.2.3.4,", ",for=1.2.3.4", "for=\"1.2.3.4",
                           "for=\"1.2.3.4\\", "for = 1.2.3.4", "for=1.2.3.4 x", "for=1.2.3.4;",
                           "for=1.2.3.4;for=5.6.7.8", "for=\"1.2.3.4\"x", "10.0.0.1"})
    CHECK(forwarded(text) == "malformed");
}

TEST_CASE("X-Forwarded-For lists addresses, with or without a port", "[net][forwarded]") {
  CHECK(forwarded_for("203.0.113.9") == "203.0.113.9");
  CHECK(forwarded_for("203.0.113.9, 10.0.0.1:8080 ,[2001:db8::1]:80,2001:db8::2,[::1]") ==
        "203.0.113.9 10.0.0.1 2001:db8::1 2001:db8::2 ::1");
  CHECK(forwarded_for("unknown, 1.2.3.4:x, 1.2.3.4:, [::1, [::1]x, 1.2.3.4:123456,, 1.2.3.4") ==
        "- - - - - - - 1.2.3.4");
  CHECK(forwarded_for("") == "-");
}

TEST_CASE("a header with too many hops is none, whatever they are", "[net][forwarded]") {
  std::string listed = "10.0.0.1";
  std::string elements = "for=10.0.0.1";
  for (std::size_t i = 1; i < max_forwarded_hops; ++i) {
    listed += ",10.0.0.1";
    elements += ",for=10.0.0.1";
  }
  CHECK(parse_forwarded_for(listed));
  CHECK(parse_forwarded(elements));
  CHECK_FALSE(parse_forwarded_for(listed + ",10.0.0.1"));
  CHECK_FALSE(parse_forwarded(elements + ",for=10.0.0.1"));
}

TEST_CASE("the client is the last hop, from the right, that is no trusted proxy",
          "[net][forwarded]") {
  const auto trusted = *config::networks::parse({"10.0.0.0/8"});
  const auto client = [&](std::string_view header) {
    const auto found = last_untrusted(*parse_forwarded_for(header), trusted);
    return found ? found->to_string() : std::string{"-"};
  };
  CHECK(client("203.0.113.9") == "203.0.113.9");
  CHECK(client("198.51.100.1, 203.0.113.9") == "203.0.113.9");
  CHECK(client("198.51.100.1, 203.0.113.9, 10.0.0.2, 10.0.0.3") == "203.0.113.9");
  CHECK(client("garbage, 203.0.113.9, 10.0.0.2") == "203.0.113.9");
  CHECK(client("203.0.113.9, garbage, 10.0.0.2") == "-");
  CHECK(client("10.0.0.5, 10.0.0.2") == "10.0.0.5");
  CHECK_FALSE(last_untrusted({}, trusted));
}
