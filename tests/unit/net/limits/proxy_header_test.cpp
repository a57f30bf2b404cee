#include "net/limits/proxy_header.hpp"

#include <catch2/catch.hpp>

using namespace parley::net;
using namespace std::string_literals;
using state = proxy_header::state;

namespace {

const auto signature = "\r\n\r\n\0\r\nQUIT\n"s;

/// A header of version 2. @param kind  version and command, family and protocol
auto binary(const std::string& kind, const std::string& body) -> std::string {
  const auto size = body.size();
  return signature + kind + static_cast<char>(size >> 8) + static_cast<char>(size & 0xff) + body;
}

const auto v4 = "\xcb\x00\x71\x09\x0a\x00\x00\x01\x00\x50\x1f\x90"s;  // 203.0.113.9 to 10.0.0.1
const auto v6 = "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"s + std::string(16, '\0') + "\0\1\0\2"s;

struct outcome {
  state is = state::incomplete;
  std::size_t taken = 0;
  std::string source;
  friend auto operator==(const outcome&, const outcome&) -> bool = default;
};

auto read(const std::string& bytes, std::size_t piece) -> outcome {
  proxy_header header;
  std::size_t taken = 0;
  while (taken < bytes.size() && header.is() == state::incomplete) {
    const auto part = std::string_view{bytes}.substr(taken, piece);
    const auto now = header.put(part);
    taken += now;
    if (now < part.size()) break;
  }
  return {header.is(), taken, header.source() ? header.source()->to_string() : ""s};
}

/// However the bytes come, the outcome is the same, and nothing behind the header is taken.
auto read(const std::string& bytes) -> outcome {
  const auto whole = read(bytes, bytes.size());
  for (const std::size_t piece : {1, 2, 7, 13, 50}) CHECK(read(bytes, piece) == whole);
  return whole;
}

}  // namespace

TEST_CASE("PROXY version 1 names the client, and the request behind it is left", "[net][proxy]") {
  const auto line = "PROXY TCP4 203.0.113.9 10.0.0.1 56324 443\r\n"s;
  CHECK(read(line + "GET / HTTP/1.1\r\n") == outcome{state::complete, line.size(), "203.0.113.9"});
  const auto long_one = "PROXY TCP6 2001:db8::7 ::ffff:10.0.0.1 1 65535\r\n"s;
  CHECK(read(long_one + "\r\n") == outcome{state::complete, long_one.size(), "2001:db8::7"});
}

TEST_CASE("PROXY version 1 of UNKNOWN speaks for the proxy itself", "[net][proxy]") {
  CHECK(read("PROXY UNKNOWN\r\nG") == outcome{state::complete, 15, ""});
  const auto words = "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"s;
  CHECK(read(words) == outcome{state::complete, words.size(), ""});
}

TEST_CASE("PROXY version 1 in another form is malformed", "[net][proxy]") {
  for (const auto* line :
       {"GET / HTTP/1.1\r\n", "PROXY\r\n", "PROXY \r\n", "PROXY TCP4\r\n", "proxy UNKNOWN\r\n",
        "PROXY TCP4 203.0.113.9 10.0.0.1 56324\r\n",
        "PROXY TCP4 203.0.113.9 10.0.0.1 56324 443 1\r\n",
        "PROXY TCP4 203.0.113.9 10.0.0.1 65536 443\r\n",
        "PROXY TCP4 203.0.113.9 10.0.0.1 01 443\r\n", "PROXY TCP4 203.0.113.9  10.0.0.1 1 443\r\n",
        "PROXY TCP4 ::1 ::1 1 443\r\n", "PROXY TCP6 1.2.3.4 1.2.3.4 1 443\r\n",
        "PROXY TCP4 203.0.113.9 10.0.0.1 1 443\n", "PROXY UDP4 203.0.113.9 10.0.0.1 1 443\r\n",
        "PROXY TCP4 203.0.113.999 10.0.0.1 1 443\r\n"})
    CHECK(read(line).is == state::malformed);
}

TEST_CASE("PROXY version 1 ends at 107 bytes", "[net][proxy]") {
  const auto fits = "PROXY UNKNOWN "s + std::string(91, 'x') + "\r\n";
  REQUIRE(fits.size() == 107);
  CHECK(read(fits).is == state::complete);
  const auto endless = read("PROXY UNKNOWN "s + std::string(10'000, 'x'));
  CHECK(endless.is == state::malformed);
  CHECK(endless.taken == 107);
}

TEST_CASE("PROXY version 2 names the client, TLVs are passed over", "[net][proxy]") {
  const auto plain = binary("\x21\x11", v4);
  CHECK(read(plain + "GET /") == outcome{state::complete, plain.size(), "203.0.113.9"});
  const auto tagged = binary("\x21\x21", v6 + "\x04\x00\x03xyz"s);
  CHECK(read(tagged + "\x16\x03") == outcome{state::complete, tagged.size(), "2001:db8::7"});
  const auto mapped = std::string(10, '\0') + "\xff\xff\xcb\x00\x71\x09"s + std::string(20, '\0');
  CHECK(read(binary("\x21\x21", mapped)).source == "203.0.113.9");
}

TEST_CASE("PROXY version 2 of LOCAL and of other families speaks for the proxy", "[net][proxy]") {
  for (const auto& header : {binary("\x20\x00"s, ""), binary("\x20\x11"s, v4),
                             binary("\x21\x00"s, ""), binary("\x21\x31"s, std::string(216, 'u'))})
    CHECK(read(header + "x") == outcome{state::complete, header.size(), ""});
}

TEST_CASE("PROXY version 2 in another form is malformed, as soon as that shows", "[net][proxy]") {
  CHECK(read(binary("\x11\x11", v4)).is == state::malformed);
  CHECK(read(binary("\x22\x11", v4)).is == state::malformed);
  CHECK(read(binary("\x21\x11", v4.substr(1))).is == state::malformed);
  CHECK(read(binary("\x21\x21", v4)).is == state::malformed);
  const auto huge = read(binary("\x21\x11", std::string(60'000, 'x')));
  CHECK(huge.is == state::malformed);
  CHECK(huge.taken == 16);
  CHECK(read("\r\n\r\nGET / HTTP/1.1").is == state::malformed);
}

TEST_CASE("a header that has not come whole is incomplete", "[net][proxy]") {
  for (const auto& whole :
       {"PROXY TCP4 203.0.113.9 10.0.0.1 56324 443\r\n"s, binary("\x21\x11", v4)})
    for (std::size_t size = 1; size < whole.size(); ++size)
      CHECK(read(whole.substr(0, size)) == outcome{state::incomplete, size, ""});
}
